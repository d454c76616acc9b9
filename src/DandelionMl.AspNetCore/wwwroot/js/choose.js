// Choosing many photos of a page: a box for all of them, and how many are chosen.
import { text } from './text.js';

const form = document.getElementById('choose');
const all = document.getElementById('choose-all');
const boxes = form ? [...form.querySelectorAll('[name=id]')] : [];

function show() {
    const chosen = boxes.filter(box => box.checked).length;
    form.querySelector('.bulk').disabled = chosen === 0;
    form.querySelector('[data-chosen]').textContent = text('Bulk.Chosen', chosen);
    for (const question of document.querySelectorAll('[data-count]')) {
        question.textContent = text('Bulk.Count', chosen);
    }

    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
}

if (boxes.length > 0) {
    form.addEventListener('change', event => {
        if (event.target === all) {
            boxes.forEach(box => box.checked = all.checked);
        }

        show();
    });
    show();
}
