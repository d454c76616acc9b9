// How many of the photos on the page are answered, and all the answers as a table to download.
import { text } from './text.js';

const columns = ['file', 'prediction', 'probability', 'modelVersion', 'problem'];
const tally = document.getElementById('tally');
let address = null;

/** Shows it, once there is a photo; the count and the table once there are several. */
export function showTally(results) {
    const cards = [...results.querySelectorAll('.photo-result')];
    const done = cards.filter(card => !card.querySelector('.waiting')).length;
    const areSeveral = cards.length > 1;
    tally.hidden = cards.length === 0;
    tally.querySelector('p').hidden = !areSeveral;
    tally.querySelector('p').textContent = text('Predict.Tally', done, cards.length);
    const bar = tally.querySelector('progress');
    bar.max = cards.length;
    bar.value = done;
    bar.hidden = !areSeveral || done === cards.length;
    const link = tally.querySelector('a');
    link.hidden = !areSeveral || done < cards.length;
    if (done === cards.length) {
        URL.revokeObjectURL(address);
        address = URL.createObjectURL(new Blob(['\uFEFF', toCsv(cards)], { type: 'text/csv' }));
        link.href = address;
    }
}

/** A table as RFC 4180 has it, the first photo first. */
function toCsv(cards) {
    return [columns, ...cards.map(row)].map(fields => `${fields.map(quote).join(',')}\r\n`).join('');
}

function row(card) {
    const verdict = card.querySelector('.verdict')?.dataset ?? {};
    return [
        withoutFormula(card.querySelector('.file').textContent), verdict.label, verdict.probability, verdict.version,
        card.querySelector('.error')?.textContent,
    ];
}

/** What a spreadsheet would take for a formula gets an apostrophe. */
const withoutFormula = name => /^[=+\-@\t\r]/.test(name) ? `'${name}` : name;

const quote = (field = '') => /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
