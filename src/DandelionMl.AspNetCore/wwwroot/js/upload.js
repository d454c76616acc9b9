// Sends what takes a while on its way, and tells how far it is: fetch does not.

/**
 * As fetch.
 * @param onProgress Told the share that is sent, 0 to 1.
 */
export const fetchTelling = onProgress => (url, { method, headers, body }) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.responseType = 'blob';
    for (const [name, value] of Object.entries(headers)) {
        request.setRequestHeader(name, value);
    }

    request.upload.onprogress = event => onProgress(event.loaded / event.total);
    request.onerror = () => reject(new TypeError('The server does not answer.'));
    request.onload = () => resolve(new Response(request.response, { status: request.status, headers: headersOf(request) }));
    request.send(body);
});

const headersOf = request => request.getAllResponseHeaders().trim().split('\r\n').map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
