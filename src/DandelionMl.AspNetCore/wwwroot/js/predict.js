// The page to classify photos on: dropped, chosen, pasted or photographed, each sent by itself, a few at a time.
import { forgetAnswers, keepAnswer, restoreAnswers } from './answers.js';
import { problemOf, read, send } from './api.js';
import { scaleDown } from './scale.js';
import { formatOf, isRead } from './sniff.js';
import { takeSuggestions } from './suggest.js';
import { showTally } from './tally.js';
import { percent, text } from './text.js';
import { fetchTelling } from './upload.js';

const atOnce = 3;
const large = 2 * 1048576;    // Bytes from which it is told how far a photo is on its way.
const keepKey = 'dandelion-keep-photos';
const form = document.getElementById('photos');
const results = document.getElementById('results');
const said = document.getElementById('said');
const waiting = [];
let running = 0;

if (form) {
    for (const input of form.querySelectorAll('input[type=file]')) {
        input.addEventListener('change', () => {
            add(input.files);
            input.value = '';
        });
    }

    form.addEventListener('submit', event => event.preventDefault());
    rememberConsent(document.getElementById('keep'));
    document.addEventListener('paste', event => add(event.clipboardData?.files ?? []));
    dropOn(document.documentElement);
    takeSuggestions(results, card => keepAnswer(card, card.dataset.place));
    restoreAnswers(results, makeCard);
    showTally(results);
    document.getElementById('clear').addEventListener('click', clear);
}

/** Nobody has agreed before saying so; who did, need not say it again in this tab. The next one at this device is asked anew. */
function rememberConsent(box) {
    box.checked = sessionStorage.getItem(keepKey) === 'yes';
    box.addEventListener('change', () => box.checked ? sessionStorage.setItem(keepKey, 'yes') : sessionStorage.removeItem(keepKey));
}

function dropOn(target) {
    let depth = 0;
    const show = () => form.classList.toggle('over', depth > 0);
    const hasFiles = event => event.dataTransfer?.types.includes('Files');
    target.addEventListener('dragenter', event => { if (hasFiles(event)) { depth++; show(); } });
    target.addEventListener('dragleave', event => { if (hasFiles(event)) { depth = Math.max(0, depth - 1); show(); } });
    target.addEventListener('dragover', event => { if (hasFiles(event)) event.preventDefault(); });
    target.addEventListener('drop', event => {
        if (hasFiles(event)) {
            event.preventDefault();
            depth = 0;
            show();
            add(event.dataTransfer.files);
        }
    });
}

function add(files) {
    const keep = document.getElementById('keep').checked;
    const now = Date.now();
    const cards = [...files].map((file, index) => ({ file, keep, card: makeCardOf(file), place: `${now}-${index}` }));
    results.prepend(...cards.map(item => item.card));
    cards[0]?.card.scrollIntoView({ block: 'start', behavior: 'instant' });
    waiting.push(...cards);
    showTally(results);
    next();
}

/** @param picture The address of the photo; null if there is nothing to be seen of it. */
function makeCard(name, picture) {
    const card = document.getElementById('photo-template').content.firstElementChild.cloneNode(true);
    card.querySelector('.file').textContent = name;
    if (picture !== null) {
        const image = card.querySelector('img');
        image.alt = text('Predict.YourPhoto', name);
        image.onload = () => { image.hidden = false; };
        image.onerror = () => URL.revokeObjectURL(image.src);
        image.src = picture;
    }

    return card;
}

const makeCardOf = file => makeCard(file.name, URL.createObjectURL(file));

/** What is on its way to the server is answered nowhere. */
function clear() {
    waiting.length = 0;
    results.replaceChildren();
    forgetAnswers();
    showTally(results);
    document.getElementById('files').focus();
}

function next() {
    while (running < atOnce && waiting.length > 0) {
        running++;
        const item = waiting.shift();
        classify(item).catch(error => fail(item, error)).finally(() => {
            running--;
            keepAnswer(item.card, item.place);
            showTally(results);
            next();
        });
    }
}

async function classify(item) {
    const { file, keep, card } = item;
    const answer = card.querySelector('.answer');
    const progress = answer.querySelector('.waiting');
    const format = await formatOf(file);
    if (file.size === 0) return complain(item, text('Predict.Empty'));
    if (format === 'HEIC') return complain(item, text('Predict.Heic'));
    if (!isRead(format)) return complain(item, format ? text('Predict.OtherFormat', format) : text('Predict.UnsupportedFormat'));

    const photo = keep ? file : await scaleDown(file);
    if (photo.size > Number(form.dataset.maxBytes)) {
        return complain(item, text('Predict.TooLargeBytes', Math.ceil(photo.size / 1048576), maxMegabytes()));
    }

    const body = new FormData();
    body.append('file', photo, file.name);
    body.append('keep', String(keep));
    const response = await send('predict/photo', { method: 'POST', body, headers: { Accept: 'application/json' } }, {
        onWait: seconds => { progress.textContent = text('Predict.BusyWaiting', seconds); },
        by: photo.size > large ? fetchTelling(share => { progress.textContent = share < 1 ? text('Predict.Sending', percent(share)) : text('Predict.Looking'); }) : fetch,
    });
    if (!response.ok) {
        throw await problemOf(response);
    }

    // A part of a page that this host made: everything of the photo's in it is encoded.
    answer.innerHTML = await read(response, 'text');
    said.textContent = text('Predict.Said', file.name, answer.querySelector('.verdict')?.textContent.trim().replace(/\s+/g, ' ') ?? '');
}

const maxMegabytes = () => Math.floor(form.dataset.maxBytes / 1048576);

function fail(item, error) {
    const key = { 0: 'OutOfReach', 400: 'Empty', 413: 'TooLarge', 415: 'UnsupportedFormat', 422: 'Damaged', 429: 'Busy', 503: 'NoAnswer', 504: 'Slow' }[error.status];
    complain(item, key ? text(`Predict.${key}`, maxMegabytes(), form.dataset.maxMegapixels) : text('Predict.Failed'), [0, 429, 503, 504].includes(error.status));
}

function complain(item, message, again = false) {
    const answer = item.card.querySelector('.answer');
    const error = document.createElement('p');
    error.className = 'error';
    error.textContent = message;
    answer.replaceChildren(error);
    if (again) {
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'secondary';
        button.textContent = text('Predict.Again');
        button.onclick = () => {
            const card = makeCardOf(item.file);
            item.card.replaceWith(card);
            waiting.push({ ...item, card });
            showTally(results);
            next();
        };
        answer.append(button);
    }

    said.textContent = text('Predict.Said', item.file.name, message);
}
