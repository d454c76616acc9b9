// Forms with data-api are sent to the API in place of the server's own page, so that a session that is over loses nothing that was
// written. Then the address in data-then is opened, its {names} filled in from the answer.
import { ApiError, post } from './api.js';
import { text } from './text.js';

document.addEventListener('submit', event => {
    const form = event.target;
    if (form.dataset.api && !event.defaultPrevented) {
        event.preventDefault();
        send(form);
    }
});

async function send(form) {
    const button = form.querySelector('[type=submit]');
    const problem = form.querySelector('[role=alert]');
    problem.hidden = true;
    button.setAttribute('aria-busy', 'true');
    button.disabled = true;
    try {
        const answer = await post(form.dataset.api, bodyOf(form));
        location.assign(form.dataset.then.replace(/\{(\w+)\}/g, (_, name) => answer[name]));
    } catch (error) {
        if (!(error instanceof ApiError)) {
            throw error;
        }

        problem.textContent = explain(error);
        problem.hidden = false;
        button.disabled = false;
        button.removeAttribute('aria-busy');
        delete form.dataset.confirmed;
    }
}

/** The fields that are filled in; a.b is b of a. */
function bodyOf(form) {
    const body = {};
    for (const [name, value] of new FormData(form)) {
        const [first, second] = name.split('.');
        const filled = value.trim();
        if (name.startsWith('__') || filled === '') {
            continue;
        }

        if (second) {
            (body[first] ??= {})[second] = filled;
        } else {
            body[first] = filled;
        }
    }

    return body;
}

function explain(error) {
    if (error.isOutOfReach) {
        return text('Api.OutOfReach');
    }

    return error.status === 401 ? text('Forms.NotSignedIn') : `${text('Forms.Refused')} ${error.message}`;
}
