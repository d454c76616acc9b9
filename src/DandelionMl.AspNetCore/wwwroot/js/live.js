// Pages that move while something runs: parts with data-live are fetched anew, and a run's log goes on after its last line. A server that
// is restarted meanwhile is waited for.
import { ApiError, get, read } from './api.js';
import { make } from './dom.js';
import { localise } from './moments.js';

const pause = 1000;
const patience = 2000;
const trouble = document.getElementById('live-trouble');
const log = document.getElementById('log');
const frame = document.getElementById('log-frame');
const shown = new Map();

// A button that is replaced between press and release is never clicked, so nothing is replaced while something is pressed.
let pressed = false;
addEventListener('pointerdown', event => { pressed = event.button === 0; }, true);
for (const release of ['pointerup', 'pointercancel']) {
    // The click comes after the release.
    addEventListener(release, () => setTimeout(() => { pressed = false; dispatchEvent(new Event('released')); }), true);
}

const isActive = () => document.querySelector('[data-live-active]') !== null;
const wait = time => new Promise(resolve => setTimeout(resolve, time));

async function follow() {
    while (isActive()) {
        await wait(pause);
        await untilSeen();
        await refresh();
    }

    // The last lines may come a moment after the end.
    await wait(pause);
    await refresh();
}

async function untilSeen() {
    while (document.hidden) {
        await new Promise(resolve => document.addEventListener('visibilitychange', resolve, { once: true }));
    }
}

async function untilReleased() {
    while (pressed) {
        await new Promise(resolve => addEventListener('released', resolve, { once: true }));
    }
}

async function refresh() {
    try {
        await refreshLog();
        await refreshParts();
        trouble.hidden = true;
    } catch (error) {
        if (!(error instanceof ApiError)) {
            throw error;
        }

        trouble.hidden = false;
        await wait(patience);
    }
}

async function refreshParts() {
    const response = await fetch(location.href, { headers: { Accept: 'text/html' } }).catch(() => { throw new ApiError(0); });
    if (response.redirected && response.url.startsWith(new URL('sign-in', document.baseURI).href)) {
        await get('/session'); // Asks to sign in.
        return;
    }

    if (!response.ok) {
        throw new ApiError(response.status);
    }

    const page = new DOMParser().parseFromString(await read(response, 'text'), 'text/html');
    await untilReleased();
    for (const part of page.querySelectorAll('[data-live]')) {
        replace(part);
    }
}

/** What did not change stays, and so does the focus. */
function replace(part) {
    const before = document.getElementById(part.id);
    if (!before || shown.get(part.id) === part.outerHTML || before.querySelector('[aria-busy=true]')) {
        return;
    }

    shown.set(part.id, part.outerHTML);
    const focused = before.contains(document.activeElement) ? document.activeElement : null;
    const after = document.importNode(part, true);
    localise(after);
    before.replaceWith(after);
    (focused?.id ? document.getElementById(focused.id) : focused && find(after, focused))?.focus();
}

/** The link that was focused, as it is now. */
function find(part, link) {
    return [...part.querySelectorAll('a[href]')].find(other => other.getAttribute('href') === link.getAttribute('href'));
}

async function refreshLog() {
    if (!log) {
        return;
    }

    for (let lines = [null]; lines.length > 0;) {
        lines = await get(`/pipelines/runs/${log.dataset.run}/log?after=${log.dataset.last}`);
        const wasAtEnd = frame.scrollHeight - frame.scrollTop - frame.clientHeight < 40;
        for (const line of lines) {
            log.append(show(line));
            log.dataset.last = line.number;
        }

        if (wasAtEnd) {
            frame.scrollTop = frame.scrollHeight;
        }
    }
}

function show(line) {
    const item = make('li', { className: line.level.toLowerCase() },
        make('time', { dateTime: line.at, textContent: line.at, data: { moment: 'clock' } }), ' ',
        make('span', { className: 'step', textContent: line.step ?? '' }), ' ',
        make('span', { lang: 'en', textContent: line.text }));
    localise(item);
    return item;
}

if (frame) {
    frame.scrollTop = frame.scrollHeight;
}

follow();
