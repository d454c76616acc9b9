// The review, one photo at a time. Decisions go out behind the reviewer's back (outbox.js) while the next photo, already loaded, is shown.
import { get, person, post, postOnLeaving, root } from './api.js';
import { askForClass } from './classes.js';
import { make, notify, photoCard } from './dom.js';
import { Outbox, tellRefusals } from './outbox.js';
import { emptyText, refreshStatus } from './review-status.js';
import { isolate, percent, text, time } from './text.js';

const ahead = 5;
const renewEvery = 120_000;
const retryAfter = 2000;
const similarShown = 6;
const undoable = 50;
const digits = 9;
const decidedKey = `dandelion-review-decided${new URL(document.baseURI).pathname.replace(/\/$/, '')}`;

const page = document.getElementById('review');
const photo = document.getElementById('photo');
const stage = page.querySelector('.stage');
const said = document.getElementById('said');
const labels = JSON.parse(page.dataset.labels);

let current = null;
let shown = [];      // The classes that have a digit.
let queue = [];      // Next ones, taken and loaded.
let skipped = [];    // Taken, looked at, left for the end.
let decided = [];    // By me, in this tab, the last at the end.
let refilling = null;
let later = 0;
let trouble = null;
let nobody = null;   // What is said where no photo is.
const made = new Set();
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
    trouble = notify(error.status === 401 && !error.isOfAnother ? text('Review.SignInFirst') : error.message, {
        kind: 'error', lasting: true, action: { name: text('Review.Again'), run: fill },
    });
}

async function explainEmpty() {
    nobody = null;
    if (!current && !later) {
        const { message, again } = await emptyText();
        nobody = message;
        show();
        if (again !== null && !current) {
            later = setTimeout(fill, again);
        }
    }
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
    if (!current) {
        explainEmpty();
    }
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
    empty.textContent = refilling ? text('Review.Loading') : nobody ?? (later ? text('Review.OutOfReach') : text('Review.Empty'));
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
    showSuggestion(current.upload);
    document.getElementById('unknown').hidden = current.upload.isKnown !== false;
    page.querySelector('.predicted').classList.toggle('unsure', current.upload.margin < 0.3);
    page.querySelector('[data-do=confirm] span').textContent = text('Review.ConfirmLabel', isolate(current.upload.predictedLabel));
    showClasses(labels.length > digits ? [] : labels);
    showSimilar(current);
    say([text('Review.Said', isolate(current.upload.predictedLabel), percent(current.upload.probability)),
        ...current.upload.isKnown === false ? [text('Review.Unknown')] : [],
        ...current.upload.suggestedLabel ? [text('Review.SaidSuggested', isolate(current.upload.suggestedLabel))] : []].join(' '));
}

/** What the photo's sender says is on it, where anything was said. */
function showSuggestion({ predictedLabel, suggestedLabel }) {
    const suggested = page.querySelector('.suggested');
    suggested.hidden = !suggestedLabel;
    suggested.querySelector('[data-suggested]').textContent = suggestedLabel;
    suggested.classList.toggle('differs', suggestedLabel !== predictedLabel);
}

/** As many classes as there are digits have a button. What a digit means never changes while a photo is shown. */
function showClasses(classes) {
    shown = classes.slice(0, digits);
    page.querySelector('.classes').replaceChildren(...shown.map((label, index) => make('button', {
        type: 'button', className: 'outline', onclick: () => correct(label), 'aria-keyshortcuts': String(index + 1),
    }, make('span', { textContent: label, dir: 'auto' }), make('kbd', { textContent: index + 1 }))));
}

/** Of many classes, those first that the photo may be: what the model said, and its sender, then what looks like it. */
function likeliest(item, photos) {
    const near = photos.map(({ photo: other }) => other.label);
    return [...new Set([item.upload.predictedLabel, ...item.upload.suggestedLabel ? [item.upload.suggestedLabel] : [], ...near, ...made, ...labels])];
}

function know(label) {
    if (!labels.includes(label)) {
        labels.push(label);
        document.getElementById('labels').append(make('option', { value: label }));
    }
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

    if (labels.length > digits) {
        showClasses(likeliest(item, photos));
    }

    document.getElementById('similar').replaceChildren(...photos.map(({ photo: other, similarity }) => make('li', {}, photoCard(
        picture(other.imageId, 160), text('Review.SimilarAlt', other.label), 96,
        make('span', { textContent: other.label, dir: 'auto' }), make('small', { textContent: `${percent(Math.max(similarity, 0))} · ${text(`State.${other.state[0].toUpperCase()}${other.state.slice(1)}`)}` })))));
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
    keepDecided();
    outbox.add({ imageId: item.imageId, action, label, newClass: made.has(label) });
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

    keepDecided();
    outbox.add({ imageId: item.imageId, action: 'undo', label: null });
    if (current) {
        queue.unshift(current);
    }

    current = item;
    show();
    stage.focus({ preventScroll: true });
    say(text('Review.Undone', isolate(item.upload.predictedLabel)));
}

/** So that what was decided can be taken back after a reload, too. */
function keepDecided() {
    decided = decided.slice(-undoable);
    sessionStorage.setItem(decidedKey, JSON.stringify({ by: person, decided: decided.map(({ image, ...item }) => item) }));
}

function readDecided() {
    const kept = JSON.parse(sessionStorage.getItem(decidedKey) ?? '{}');
    return kept.by === person ? kept.decided : [];
}

function skip() {
    if (current) {
        skipped.push(current);
        stage.focus({ preventScroll: true });
        advance();
    }
}

function answered(answers) {
    refreshStatus();
    tellRefusals(answers);
    for (const { decision } of answers.filter(item => !item.answer.accepted)) {
        decided = decided.filter(item => item.imageId !== decision.imageId);
        keepDecided();
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

// Single keys decide where the photo and its buttons are, not on the rest of the page, and can be turned off: speech input sends letters.
const noKeys = 'dandelion-review-no-keys';
const keysBox = document.getElementById('keys-on');
keysBox.checked = localStorage.getItem(noKeys) === null;
keysBox.addEventListener('change', () => keysBox.checked ? localStorage.removeItem(noKeys) : localStorage.setItem(noKeys, 'yes'));

/** A key on the body is one after a click on nothing; there Space scrolls. */
const isForReview = event => page.contains(event.target) || (event.target === document.body && event.key !== ' ');

const keys = { Enter: 'confirm', ' ': 'confirm', n: 'noneOfThese', u: 'unusable', z: 'undo', s: 'skip', '?': 'help' };

page.addEventListener('click', event => does[event.target.closest('[data-do]')?.dataset.do]?.());
page.querySelector('.new-class').addEventListener('submit', async event => {
    event.preventDefault();
    const input = document.getElementById('new-label');
    const item = current;
    const typed = input.value.trim();
    const meant = typed && await askForClass(typed, labels);
    if (meant && current === item) {
        input.value = '';
        if (meant.isNew) {
            made.add(meant.label);
            know(meant.label);
        }

        correct(meant.label);
    }
});
document.addEventListener('keydown', event => {
    const isTyping = event.target.closest('input, textarea, select, dialog');
    if (event.key === 'Escape' && event.target.id === 'new-label') {
        stage.focus();
    }

    if (!keysBox.checked || !isForReview(event)) {
        return;
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
    } else if (/^[1-9]$/.test(key) && shown[key - 1]) {
        event.preventDefault();
        correct(shown[key - 1]);
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

decided = readDecided();
refreshStatus(0);
advance();
stage.focus({ preventScroll: true });
