// Tells a file's format by its first bytes, as the server does: what it calls itself is not believed.
const ascii = (bytes, from, length) => String.fromCharCode(...bytes.slice(from, from + length));
const readable = ['JPEG', 'PNG', 'WebP'];

/** @returns The format's name; null for one that is not known. */
export async function formatOf(file) {
    const bytes = new Uint8Array(await file.slice(0, 64).arrayBuffer());
    const [four, brand] = [ascii(bytes, 0, 4), ascii(bytes, 8, 4)];
    if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'JPEG';
    if (four === '\x89PNG') return 'PNG';
    if (four === 'RIFF') return brand === 'WEBP' ? 'WebP' : null;
    if (ascii(bytes, 4, 4) === 'ftyp') {
        // The brand is followed by those that the file is compatible with: what a HEIF container holds is said only there.
        const brands = ascii(bytes, 8, 56);
        return /avif|avis/.test(brands) ? 'AVIF' : /^(hei|hev|mif1|msf1|miaf)/.test(brands) ? 'HEIC' : 'MP4';
    }

    if (four.startsWith('GIF8')) return 'GIF';
    if (four === 'II*\0' || four === 'MM\0*') return 'TIFF';
    if (four === '%PDF') return 'PDF';
    if (four.startsWith('BM')) return 'BMP';
    if (/^\s*<(\?xml|svg)/.test(ascii(bytes, 0, 32))) return 'SVG';
    return null;
}

export const isRead = format => readable.includes(format);
