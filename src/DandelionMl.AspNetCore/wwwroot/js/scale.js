// A photo that is only to be classified need not be sent whole; one that is kept is sent as it is, since the model learns from it.
const longest = 2048;
const quality = 0.9;

/** @returns The photo as a JPEG whose longer side has 2,048 pixels; as it came where it has no more, or can't be scaled here. */
export async function scaleDown(file) {
    try {
        // As the server's networks see it: upright, and the values as they are stored, whatever a colour profile says.
        const picture = await createImageBitmap(file, { imageOrientation: 'from-image', colorSpaceConversion: 'none' });
        const scale = longest / Math.max(picture.width, picture.height);
        const scaled = scale < 1 ? await draw(picture, Math.max(Math.round(picture.width * scale), 1), Math.max(Math.round(picture.height * scale), 1)) : null;
        picture.close();
        return scaled ?? file;
    } catch {
        // Damaged, or too much for this device: the server says what is wrong with it.
        return file;
    }
}

function draw(picture, width, height) {
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const context = canvas.getContext('2d');
    // What can be seen through lies on white, as it does on the server.
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = 'high';
    context.drawImage(picture, 0, 0, width, height);
    return new Promise(resolve => canvas.toBlob(resolve, 'image/jpeg', quality));
}
