// The review, many photos at a time: choose by class or one by one, decide on all that are chosen.
import { post, postOnLeaving, root } from './api.js';
import { confirm } from './dialogs.js';
import { make, notify } from './dom.js';
import { Outbox, refusalText } from './outbox.js';
import { refreshStatus } from './review-status.js';
import { percent, text } from './text.js';

const count = 60;
const grid = document.getElementById('grid');
const select = document.getElementById('select-by-class');
const actions = document.getElementById('grid-actions');
const empty = document.getElementById('empty');
const more = document.getElementById('more');
const said = document.getElementById('said');
const photos = new Map();
const outbox = new Outbox(answered);

async function load() {
    grid.setAttribute('aria-busy', 'true');
    try {
        const taken = await post('/review/take', { count });
        const waiting = new Set(outbox.imageIds);
        for (const photo of taken.filter(item => !photos.has(item.imageId) && !waiting.has(item.imageId))) {
            photos.set(photo.imageId, { photo, card: makeCard(photo) });
        }

        const sorted = [...photos.values()].sort((left, right) =>
            left.photo.upload.predictedLabel.localeCompare(right.photo.upload.predictedLabel) || left.photo.upload.margin - right.photo.upload.margin);
        grid.replaceChildren(...sorted.map(item => item.card));
    } catch (error) {
        notify(error.isOutOfReach ? text('Review.OutOfReach') : error.status === 401 ? text('Review.SignInFirst') : error.message, {
            kind: 'error', lasting: true, action: { name: text('Review.Again'), run: load },
        });
    } finally {
        grid.setAttribute('aria-busy', 'false');
        show();
    }
}

function makeCard(photo) {
    const id = `photo-${photo.imageId}`;
    return make('li', {}, make('label', { for: id, className: 'grid-photo' },
        make('input', { type: 'checkbox', id, value: photo.imageId, onchange: show }),
        make('img', { src: `${root}/images/${photo.imageId}/picture?side=320`, alt: text('Review.PhotoAlt', photo.imageId), loading: 'lazy', width: 160, height: 160 }),
        make('span', { className: 'label', textContent: photo.upload.predictedLabel }),
        make('small', { textContent: percent(photo.upload.probability) })));
}

const boxes = () => [...grid.querySelectorAll('input')];
const chosen = () => boxes().filter(box => box.checked).map(box => photos.get(Number(box.value)));

function show() {
    const number = chosen().length;
    actions.disabled = number === 0;
    actions.querySelector('[data-do=confirm]').textContent =
        number === 0 ? text('Grid.Confirm') : number === 1 ? text('Grid.ConfirmOne') : text('Grid.ConfirmSome', number);
    const byLabel = Map.groupBy([...photos.values()], item => item.photo.upload.predictedLabel);
    select.replaceChildren(
        ...[...byLabel].map(([label, items]) => make('button', {
            type: 'button', className: 'secondary outline', textContent: `${label} (${items.length})`, onclick: () => choose(item => item.photo.upload.predictedLabel === label),
        })),
        make('button', { type: 'button', className: 'quiet', textContent: text('Grid.SelectNone'), onclick: () => choose(null), disabled: number === 0 }));
    empty.hidden = photos.size > 0;
    empty.textContent = text('Review.Empty');
    more.hidden = photos.size > 0 && photos.size >= count;
}

/** Chooses those that are meant; a second time lets go of them. */
function choose(isMeant) {
    const meant = boxes().filter(box => isMeant?.(photos.get(Number(box.value))));
    const isOn = meant.some(box => !box.checked);
    for (const box of isMeant ? meant : boxes()) {
        box.checked = isMeant !== null && isOn;
    }

    show();
    said.textContent = text('Grid.Chosen', chosen().length);
}

function decide(action, label = null) {
    for (const { photo, card } of chosen()) {
        photos.delete(photo.imageId);
        card.remove();
        const isRight = action === 'correct' && label === photo.upload.predictedLabel;
        outbox.add({ imageId: photo.imageId, action: isRight ? 'confirm' : action, label: isRight ? null : label });
    }

    show();
    if (photos.size === 0) {
        load();
    }
}

function answered(decision, answer) {
    refreshStatus();
    if (!answer.accepted) {
        notify(refusalText(answer), { kind: 'error', lasting: true });
    }
}

actions.addEventListener('click', async event => {
    const button = event.target.closest('[data-do]');
    if (!button || (button.dataset.confirm && !await confirm(button.dataset.confirm))) {
        return;
    }

    const input = document.getElementById('grid-label');
    if (button.dataset.do !== 'correct') {
        decide(button.dataset.do);
    } else if (input.value.trim()) {
        decide('correct', input.value.trim());
        input.value = '';
    } else {
        input.focus();
    }
});
document.getElementById('grid-label').addEventListener('keydown', event => {
    if (event.key === 'Enter') {
        event.preventDefault();
        actions.querySelector('[data-do=correct]').click();
    }
});
more.addEventListener('click', load);
addEventListener('pagehide', () => {
    if (photos.size > 0) {
        postOnLeaving('/review/release', { imageIds: [...photos.keys()] });
    }
});

refreshStatus(0);
load();
