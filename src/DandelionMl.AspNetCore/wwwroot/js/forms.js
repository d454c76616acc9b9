// Forms with data-api are sent to the API in place of the server's own page, so that a session that is over loses nothing that was
// written; by data-method, where that is not a POST. Then the address in data-then is opened, its {names} filled in from the answer. What is
// refused because things are not as the page shows them opens data-refused, where there is one, for the page as it is now.
import { ApiError, post, put } from './api.js';
import { unknownClass } from './classes.js';
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
        const answer = await (form.dataset.method === 'PUT' ? put : post)(form.dataset.api, bodyOf(form));
        go(form.dataset.then, answer);
    } catch (error) {
        if (!(error instanceof ApiError)) {
            throw error;
        }

        if (error.problem.refusal === 'unknownClass') {
            error.message = [unknownClass(error.problem, form.elements.label.value.trim()), text('Forms.TickNewClass')].join(' ');
        }

        if (error.status === 409 && form.dataset.refused) {
            go(form.dataset.refused, error.problem);
            return;
        }

        problem.textContent = explain(error);
        problem.hidden = false;
        button.disabled = false;
        button.removeAttribute('aria-busy');
        delete form.dataset.confirmed;
    }
}

function go(address, values) {
    location.assign(address.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name])));
}

/** The fields that are filled in; a.b is b of a. A box that is ticked is true, unless it is a part of something. */
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
            body[first] = form.elements[name].type === 'checkbox' ? true : filled;
        }
    }

    return body;
}

function explain(error) {
    if (error.isOutOfReach) {
        return text('Api.OutOfReach');
    }

    return error.isOfAnother ? error.message : error.status === 401 ? text('Forms.NotSignedIn') : `${text('Forms.Refused')} ${error.message}`;
}
