// What the sender of a photo says of the answer: sent from where it stands, and the thanks take its place.
import { problemOf, root, send } from './api.js';
import { make } from './dom.js';
import { text } from './text.js';

/** @param results What holds the answers.
 * @param taken Is told of the card whose answer was taken. */
export function takeSuggestions(results, taken) {
    results.addEventListener('submit', event => {
        const question = event.target.closest('.suggest');
        if (question) {
            event.preventDefault();
            suggest(event.target, question, taken);
        }
    });
}

async function suggest(form, question, taken) {
    const error = question.querySelector('[role=alert]');
    const body = JSON.stringify(Object.fromEntries(new FormData(form)));
    error.hidden = true;
    question.disabled = true;
    try {
        const response = await send(`${root}/suggestions`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
        if (!response.ok) {
            throw await problemOf(response);
        }

        const thanks = make('p', { className: 'done', role: 'status', tabIndex: -1, textContent: `${text('Suggest.Thanks')} ${text('Suggest.ThanksText')}` });
        const card = question.closest('.photo-result');
        question.replaceWith(thanks);
        thanks.focus();
        taken(card);
    } catch (problem) {
        question.disabled = false;
        error.textContent = text(problem.status === 400 ? 'Suggest.WrongText' : 'Api.OutOfReach');
        error.hidden = false;
    }
}
