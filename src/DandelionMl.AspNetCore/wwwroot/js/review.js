// The review, one photo at a time. Decisions go out behind the reviewer's back (outbox.js) while the next photo, already loaded, is shown.
import { get, post, postOnLeaving, root } from './api.js';
import { make, notify, photoCard } from './dom.js';
import { Outbox, refusalText } from './outbox.js';
import { refreshStatus } from './review-status.js';
import { percent, text, time } from './text.js';

const ahead = 5;
const renewEvery = 120_000;
const retryAfter = 2000;
const similarShown = 6;

const page = document.getElementById('review');
const photo = document.getElementById('photo');
const stage = page.querySelector('.stage');
const said = document.getElementById('said');
const labels = JSON.parse(page.dataset.labels);

let current = null;
let queue = [];      // Next ones, taken and loaded.
let skipped = [];    // Taken, looked at, left for the end.
let decided = [];    // By me, in this page, the last at the end.
let refilling = null;
let later = 0;
let trouble = null;
const similar = new Map();
const outbox = new Outbox(answered);

const picture = (id, side = 1024) => `${root}/images/${id}/picture?side=${side}`;

// Which photo comes next.

async function refill() {
    refilling ??= take().finally(() => refilling = null);
    await refilling;
}

async function take() {
    const held = [current, ...queue, ...skipped].filter(Boolean);
    const known = new Set([...held.map(item => item.imageId), ...outbox.imageIds]);
    const photos = await post('/review/take', { count: Math.min(held.length + outbox.size + ahead, 500) });
    for (const item of photos.filter(item => !known.has(item.imageId))) {
        queue.push(item);
        preload(item);
    }
}

function preload(item) {
    item.image = new Image();
    item.image.src = picture(item.imageId);
}

async function advance() {
    current = queue.shift() ?? null;
    show();
    if (queue.length < ahead - 2) {
        await fill();
    }
}

async function fill() {
    clearTimeout(later);
    later = 0;
    try {
        await refill();
        trouble?.remove();
    } catch (error) {
        explain(error);
    }

    advanceIfIdle();
}

function explain(error) {
    if (error.isOutOfReach || error.status === 429) {
        // Said where the photo would be; those that are here are gone on with.
        document.getElementById('empty').textContent = text('Review.OutOfReach');
        later = setTimeout(fill, retryAfter);
        return;
    }

    trouble?.remove();
    trouble = notify(error.status === 401 ? text('Review.SignInFirst') : error.message, {
        kind: 'error', lasting: true, action: { name: text('Review.Again'), run: fill },
    });
}

function advanceIfIdle() {
    if (current) {
        return;
    }

    if (queue.length > 0) {
        current = queue.shift();
    } else if (skipped.length > 0) {
        queue = skipped;
        skipped = [];
        current = queue.shift();
        notify(text('Review.SkippedAgain'));
    }

    show();
}

// What is shown.

function show() {
    page.setAttribute('aria-busy', String(!current && refilling !== null));
    document.getElementById('decisions').disabled = !current;
    page.querySelector('[data-do=skip]').disabled = !current;
    page.querySelector('[data-do=undo]').disabled = decided.length === 0;
    document.getElementById('about').hidden = photo.hidden = !current;
    const empty = document.getElementById('empty');
    empty.hidden = current !== null;
    empty.textContent = refilling ? text('Review.Loading') : later ? text('Review.OutOfReach') : text('Review.Empty');
    document.getElementById('similar').replaceChildren();
    if (!current) {
        return;
    }

    photo.src = picture(current.imageId);
    photo.alt = text('Review.PhotoAlt', current.imageId);
    const about = document.getElementById('about');
    about.querySelector('[data-label]').textContent = current.upload.predictedLabel;
    about.querySelector('[data-probability]').textContent = percent(current.upload.probability);
    about.querySelector('[data-file]').textContent = current.fileName ?? text('Review.NoName');
    const sentAt = about.querySelector('[data-time]');
    sentAt.dateTime = current.addedAt;
    sentAt.textContent = time(current.addedAt);
    about.querySelector('[data-model]').textContent = text('Review.Model', current.upload.modelVersion);
    page.querySelector('.predicted').classList.toggle('unsure', current.upload.margin < 0.3);
    page.querySelector('[data-do=confirm] span').textContent = text('Review.ConfirmLabel', current.upload.predictedLabel);
    showClasses();
    showSimilar(current);
    say(text('Review.Said', current.upload.predictedLabel, percent(current.upload.probability)));
}

function showClasses() {
    const buttons = labels.map((label, index) => make('button', {
        type: 'button', className: 'outline', onclick: () => correct(label), 'aria-keyshortcuts': index < 9 ? String(index + 1) : '',
    }, make('span', { textContent: label }), index < 9 ? make('kbd', { textContent: index + 1 }) : null));
    page.querySelector('.classes').replaceChildren(...buttons);
}

function findSimilar(item) {
    if (!similar.has(item.imageId)) {
        similar.set(item.imageId, get(`/images/${item.imageId}/similar?count=${similarShown}`).catch(() => {
            similar.delete(item.imageId);
            return [];
        }));
    }

    return similar.get(item.imageId);
}

async function showSimilar(item) {
    const photos = await findSimilar(item);
    if (current !== item) {
        return;
    }

    document.getElementById('similar').replaceChildren(...photos.map(({ photo: other, similarity }) => make('li', {}, photoCard(
        picture(other.imageId, 160), text('Review.SimilarAlt', other.label), 96,
        make('span', { textContent: other.label }), make('small', { textContent: `${percent(Math.max(similarity, 0))} · ${text(`State.${other.state[0].toUpperCase()}${other.state.slice(1)}`)}` })))));
    if (queue[0]) {
        findSimilar(queue[0]);
    }
}

function say(message) {
    said.textContent = message;
}

// What is decided.

function decide(action, label = null) {
    if (!current) {
        return;
    }

    const item = current;
    decided.push(item);
    outbox.add({ imageId: item.imageId, action, label });
    stage.focus({ preventScroll: true });
    advance();
}

function correct(label) {
    if (current && label === current.upload.predictedLabel) {
        decide('confirm');
    } else {
        decide('correct', label);
    }
}

function undo() {
    const item = decided.pop();
    if (!item) {
        return;
    }

    outbox.add({ imageId: item.imageId, action: 'undo', label: null });
    if (current) {
        queue.unshift(current);
    }

    current = item;
    show();
    say(text('Review.Undone', item.upload.predictedLabel));
}

function skip() {
    if (current) {
        skipped.push(current);
        stage.focus({ preventScroll: true });
        advance();
    }
}

function answered(decision, answer) {
    refreshStatus();
    if (!answer.accepted) {
        notify(refusalText(answer), { kind: 'error', lasting: true });
        decided = decided.filter(item => item.imageId !== decision.imageId);
        if (decision.action === 'undo' && current?.imageId === decision.imageId) {
            advance();
        }

        show();
    }
}

// How: by buttons, by keys.

const does = {
    confirm: () => decide('confirm'),
    noneOfThese: () => decide('noneOfThese'),
    unusable: () => decide('unusable'),
    undo,
    skip,
    help: () => document.getElementById('help').showModal(),
};
const keys = { Enter: 'confirm', ' ': 'confirm', n: 'noneOfThese', u: 'unusable', z: 'undo', s: 'skip', '?': 'help' };

page.addEventListener('click', event => does[event.target.closest('[data-do]')?.dataset.do]?.());
page.querySelector('.new-class').addEventListener('submit', event => {
    event.preventDefault();
    const input = document.getElementById('new-label');
    const label = input.value.trim();
    if (label) {
        input.value = '';
        if (!labels.includes(label)) {
            labels.push(label);
        }

        correct(label);
    }
});
document.addEventListener('keydown', event => {
    const isTyping = event.target.closest('input, textarea, select, dialog');
    if (event.key === 'Escape' && event.target.id === 'new-label') {
        stage.focus();
    }

    // A key held down decides once, and what has the focus keeps its own keys.
    const isOwnKey = (event.key === 'Enter' || event.key === ' ') && event.target.closest('a, button, summary');
    if (isTyping || isOwnKey || event.repeat || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) {
        return;
    }

    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === 'c') {
        event.preventDefault();
        document.getElementById('new-label').focus();
    } else if (/^[1-9]$/.test(key) && labels[key - 1]) {
        event.preventDefault();
        correct(labels[key - 1]);
    } else if (keys[key]) {
        event.preventDefault();
        does[keys[key]]();
    }
});

// Nobody else gets the photos while this reviewer looks at them, and everybody does once the page is left.
setInterval(() => {
    if (!document.hidden && current) {
        refill().catch(() => { });
    }
}, renewEvery);
addEventListener('pagehide', () => {
    const ids = [current, ...queue, ...skipped].filter(Boolean).map(item => item.imageId);
    if (ids.length > 0) {
        postOnLeaving('/review/release', { imageIds: ids });
    }
});

refreshStatus(0);
advance();
stage.focus({ preventScroll: true });
