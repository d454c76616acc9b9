// The review, many photos at a time: choose by class or one by one, decide on all that are chosen.
import { post, postOnLeaving, root } from './api.js';
import { askForClass } from './classes.js';
import { confirm } from './dialogs.js';
import { make, notify } from './dom.js';
import { Outbox, tellRefusals } from './outbox.js';
import { emptyText, refreshStatus } from './review-status.js';
import { isolate, percent, text } from './text.js';

const count = 60;
const renewEvery = 120_000;
const grid = document.getElementById('grid');
const tools = document.querySelector('.grid-tools');
const select = document.getElementById('select-by-class');
const actions = document.getElementById('grid-actions');
const empty = document.getElementById('empty');
const more = document.getElementById('more');
const said = document.getElementById('said');
const labels = JSON.parse(grid.dataset.labels);
const made = new Set();
const photos = new Map();
let taken = 0;          // How many the server gave last; fewer than asked for: no more wait.
let isLoaded = false;
let nobody = null;
let later = 0;          // When it is asked again for photos that others hold.
let last = null;        // What was decided last, with the bar that takes it back.
const outbox = new Outbox(answered);

// Which photos there are.

async function load() {
    clearTimeout(later);
    grid.setAttribute('aria-busy', 'true');
    nobody = null;
    try {
        await take(photos.size === 0 ? count : photos.size + count);
        isLoaded = true;
    } catch (error) {
        notify(error.isOutOfReach ? text('Review.OutOfReach') : error.status === 401 && !error.isOfAnother ? text('Review.SignInFirst') : error.message, {
            kind: 'error', lasting: true, action: { name: text('Review.Again'), run: load },
        });
    } finally {
        grid.setAttribute('aria-busy', 'false');
        show();
    }

    if (isLoaded && photos.size === 0) {
        const { message, again } = await emptyText();
        nobody = message;
        show();
        if (again !== null && photos.size === 0) {
            later = setTimeout(load, again);
        }
    }
}

async function take(number) {
    const asked = Math.min(number + outbox.size, 500);
    const given = await post('/review/take', { count: asked });
    taken = given.length - asked;
    const waiting = new Set(outbox.imageIds);
    for (const photo of given.filter(item => !photos.has(item.imageId) && !waiting.has(item.imageId))) {
        add(photo);
    }

    sort();
}

function add(photo) {
    photos.set(photo.imageId, { photo, card: makeCard(photo) });
}

function sort() {
    const sorted = [...photos.values()].sort((left, right) =>
        left.photo.upload.predictedLabel.localeCompare(right.photo.upload.predictedLabel) || left.photo.upload.margin - right.photo.upload.margin);
    grid.replaceChildren(...sorted.map(item => item.card));
}

function makeCard(photo) {
    const id = `photo-${photo.imageId}`;
    return make('li', {}, make('label', { for: id, className: 'grid-photo' },
        make('input', { type: 'checkbox', id, value: photo.imageId, onchange: show }),
        make('span', { className: 'picture' },
            make('img', { src: `${root}/images/${photo.imageId}/picture?side=320`, alt: text('Review.PhotoAlt', photo.imageId), loading: 'lazy' })),
        make('span', { className: 'label', textContent: photo.upload.predictedLabel, dir: 'auto' }),
        make('small', { textContent: percent(photo.upload.probability) }),
        photo.upload.isKnown === false ? make('small', { className: 'doubt', textContent: text('Review.Unknown') }) : null,
        photo.upload.suggestedLabel ? make('small', { className: 'suggested', textContent: text('Grid.Suggested', isolate(photo.upload.suggestedLabel)) }) : null));
}

// Which are chosen.

const boxes = () => [...grid.querySelectorAll('input')];
const chosen = () => boxes().filter(box => box.checked).map(box => photos.get(Number(box.value)));

function show() {
    const number = chosen().length;
    actions.disabled = number === 0;
    actions.querySelector('[data-do=confirm]').textContent =
        number === 0 ? text('Grid.Confirm') : number === 1 ? text('Grid.ConfirmOne') : text('Grid.ConfirmSome', number);
    showClasses(number);
    empty.hidden = photos.size > 0 || grid.getAttribute('aria-busy') === 'true';
    empty.textContent = nobody ?? text('Review.Empty');
    more.hidden = photos.size === 0 || taken < 0;
}

function showClasses(number) {
    const byLabel = Map.groupBy(boxes(), box => photos.get(Number(box.value)).photo.upload.predictedLabel);
    select.replaceChildren(
        ...[...byLabel].map(([label, items]) => make('button', {
            type: 'button', className: 'secondary outline', onclick: () => choose(label), data: { label },
            'aria-pressed': String(items.every(box => box.checked)),
        }, make('bdi', { textContent: label }), ` (${items.length})`)),
        make('button', { type: 'button', className: 'quiet', textContent: text('Grid.SelectNone'), onclick: () => choose(null), disabled: number === 0 }));
}

/** Chooses those of a class; a second time lets go of them. Without a class lets go of all. */
function choose(label) {
    const meant = boxes().filter(box => label === null || photos.get(Number(box.value)).photo.upload.predictedLabel === label);
    const isOn = label !== null && meant.some(box => !box.checked);
    for (const box of meant) {
        box.checked = isOn;
    }

    show();
    [...select.children].find(button => button.dataset.label === label)?.focus();
    said.textContent = text('Grid.Chosen', chosen().length);
}

/** How many of the chosen ones the reviewer does not see at this moment: above, below, or behind the tools. */
function countOutOfSight(items) {
    const top = Math.max(tools.getBoundingClientRect().bottom, 0);
    return items.filter(({ card }) => {
        const { top: start, bottom: end } = card.querySelector('.picture').getBoundingClientRect();
        return (start + end) / 2 < top || (start + end) / 2 > innerHeight;
    }).length;
}

// What is decided.

async function decide(action, label, question = null) {
    const items = chosen();
    const hidden = countOutOfSight(items);
    if (hidden > 0 && !question) {
        question = 'confirm-hidden';
        document.querySelector('#confirm-hidden h2').textContent = items.length === 1 ? text('Grid.HiddenTitleOne') : text('Grid.HiddenTitle', items.length);
        document.querySelector('#confirm-hidden p').textContent = text('Grid.HiddenText', hidden);
        document.querySelector('#confirm-hidden [data-answer=yes]').textContent =
            label === null ? actions.querySelector(`[data-do=${action}]`).textContent : text('Grid.CorrectTo', isolate(label));
    } else if (question) {
        document.querySelector(`#${question} [data-selected]`).textContent = text('Grid.Selected', items.length);
        const outOfSight = document.querySelector(`#${question} [data-hidden]`);
        outOfSight.hidden = hidden === 0;
        outOfSight.textContent = text('Grid.HiddenText', hidden);
    }

    if (question && !await confirm(question)) {
        return;
    }

    for (const { photo, card } of items) {
        photos.delete(photo.imageId);
        card.remove();
    }

    outbox.add(...items.map(({ photo }) => decisionOn(photo, action, label)));
    offerUndo(items.map(item => item.photo), action, label);
    show();
    if (photos.size === 0) {
        load();
    }
}

function decisionOn({ imageId, upload }, action, label) {
    return action === 'correct' && label === upload.predictedLabel
        ? { imageId, action: 'confirm', label: null }
        : { imageId, action, label, newClass: made.has(label) };
}

/** A bar that takes back what was decided last, all of it that stands. */
function offerUndo(items, action, label) {
    last?.bar.remove();
    last = null;
    if (items.length > 0) {
        const said = text(`Grid.Done${action[0].toUpperCase()}${action.slice(1)}`, items.length, label === null ? null : isolate(label));
        const bar = notify(said, { lasting: true, action: { name: text('Review.Undo'), run: () => takeBack(items) } });
        last = { items, action, label, bar };
    }
}

function takeBack(items) {
    last = null;
    outbox.add(...items.map(({ imageId }) => ({ imageId, action: 'undo', label: null })));
    items.forEach(add);
    sort();
    show();
    said.textContent = text('Grid.Undone', items.length);
}

function answered(answers) {
    refreshStatus();
    tellRefusals(answers);
    const refused = new Set(answers.filter(item => !item.answer.accepted).map(item => item.decision.imageId));
    if (last?.items.some(photo => refused.has(photo.imageId))) {
        offerUndo(last.items.filter(photo => !refused.has(photo.imageId)), last.action, last.label);
    }

    for (const { decision, answer } of answers) {
        if (decision.action === 'undo' && !answer.accepted && answer.photo?.state !== 'pending') {
            photos.get(decision.imageId)?.card.remove();
            photos.delete(decision.imageId);
            show();
        }
    }
}

// How.

async function correct(input) {
    const typed = input.value.trim();
    const meant = typed ? await askForClass(typed, labels) : null;
    if (!meant) {
        input.focus();
        return;
    }

    if (meant.isNew) {
        made.add(meant.label);
        labels.push(meant.label);
        document.getElementById('labels').append(make('option', { value: meant.label }));
    }

    await decide('correct', meant.label);
    input.value = '';
}

actions.addEventListener('click', event => {
    const button = event.target.closest('[data-do]');
    if (button?.dataset.do === 'correct') {
        correct(document.getElementById('grid-label'));
    } else if (button) {
        decide(button.dataset.do, null, button.dataset.ask);
    }
});
document.getElementById('grid-label').addEventListener('keydown', event => {
    if (event.key === 'Enter') {
        event.preventDefault();
        actions.querySelector('[data-do=correct]').click();
    }
});
more.addEventListener('click', load);

// Nobody else gets the photos while this reviewer looks at them, and everybody does once the page is left.
async function renew() {
    if (document.hidden || photos.size === 0) {
        return;
    }

    const given = await post('/review/take', { count: Math.min(photos.size + outbox.size, 500) });
    const waiting = new Set(outbox.imageIds);
    const strange = given.map(item => item.imageId).filter(id => !photos.has(id) && !waiting.has(id));
    if (strange.length > 0) {
        await post('/review/release', { imageIds: strange });
    }
}

const tryToRenew = () => renew().catch(() => { });
setInterval(tryToRenew, renewEvery);
document.addEventListener('visibilitychange', tryToRenew);
addEventListener('pagehide', () => {
    if (photos.size > 0) {
        postOnLeaving('/review/release', { imageIds: [...photos.keys()] });
    }
});

refreshStatus(0);
load();
