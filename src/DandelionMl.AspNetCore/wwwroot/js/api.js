// The one way from scripts to the API: sends the session's token, asks to sign in where the session is over and then asks again, waits
// where the server is busy. What can't be done is an ApiError. Nothing is sent in the name of another person than the page was made for.
import { askToSignIn } from './sign-in.js';
import { text } from './text.js';

/** Where the API is, as the page says. */
export const root = document.documentElement.dataset.apiRoot;

/** Who was signed in when the page was made; null for nobody. */
export const person = document.documentElement.dataset.person ?? null;
const patience = 4;
let token = null;

export class ApiError extends Error {
    /** Status 0: the server does not answer. */
    constructor(status, problem = {}) {
        super(problem.detail ?? problem.title ?? `${status}`);
        this.status = status;
        this.problem = problem;
    }

    /** Somebody else is signed in meanwhile. */
    static ofAnother(name) {
        return new ApiError(401, { detail: text('Api.AnotherPerson', name, person), isOfAnother: true });
    }

    get isOfAnother() {
        return this.problem.isOfAnother === true;
    }

    get isOutOfReach() {
        return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
    }
}

export const get = path => call('GET', path);
export const post = (path, body = {}) => call('POST', path, body);
export const put = (path, body = {}) => call('PUT', path, body);

/** The way out of a page: not waited for, and nothing is asked. Without a token that is known it is not sent. */
export function postOnLeaving(path, body = {}) {
    if (token) {
        fetch(root + path, { ...describe('POST', body), keepalive: true }).catch(() => { });
    }
}

/** Sends a request, and again where the answer is to come again later. */
export async function send(url, options, { onWait = () => { }, by = fetch } = {}) {
    for (let attempt = 0; ; attempt++) {
        const response = await by(url, options).catch(error => {
            if (error.name === 'AbortError') {
                throw error;
            }

            throw new ApiError(0);
        });
        if (response.status !== 429 || attempt === patience) {
            return response;
        }

        const seconds = Math.min(Number(response.headers.get('Retry-After')) || 2 ** attempt, 60);
        onWait(seconds);
        await new Promise(resolve => setTimeout(resolve, seconds * 1000));
    }
}

/** What an answer holds, as 'json' or as 'text'. One that is cut off, or that something on the way has replaced, is as none. */
export const read = (response, as) => response[as]().catch(error => {
    if (error.name === 'AbortError') {
        throw error;
    }

    throw new ApiError(0);
});

/** The problem that an answer tells of. */
export async function problemOf(response) {
    const isProblem = response.headers.get('Content-Type')?.startsWith('application/problem+json');
    return new ApiError(response.status, isProblem ? await response.json().catch(() => ({})) : {});
}

/** The token of the person's session. A session of another's has one that this page must not use. */
function tokenOf(session) {
    if (person !== null && session.name !== person) {
        throw ApiError.ofAnother(session.name);
    }

    return session.antiforgeryToken;
}

async function call(method, path, body) {
    for (let attempt = 0; ; attempt++) {
        if (method !== 'GET' && !token) {
            token = tokenOf(await call('GET', '/session'));
        }

        const response = await send(root + path, describe(method, body));
        if (response.status === 401) {
            // What is not read keeps its connection.
            await read(response, 'text');
            token = tokenOf(await askToSignIn());
            continue;
        }

        // A token of the session before, as after signing in in another tab.
        if (response.status === 400 && method !== 'GET' && attempt === 0) {
            const problem = await problemOf(response);
            if (!problem.message.includes('/session')) {
                throw problem;
            }

            token = null;
            continue;
        }

        if (!response.ok) {
            throw await problemOf(response);
        }

        return response.status === 204 ? null : read(response, 'json');
    }
}

function describe(method, body) {
    const headers = { Accept: 'application/json' };
    if (method !== 'GET') {
        headers['X-Csrf-Token'] = token;
        headers['Content-Type'] = 'application/json';
    }

    return { method, headers, body: body === undefined ? undefined : JSON.stringify(body) };
}
