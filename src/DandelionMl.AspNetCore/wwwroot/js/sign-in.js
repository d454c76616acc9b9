// The dialog to sign in where one is, in the middle of something. However many ask at once, it is one dialog.
import { ApiError, problemOf, read, root } from './api.js';
import { text } from './text.js';

let asked = null;

/** @returns The new session. Rejected with an ApiError of status 401 if the reader does not want to sign in now. */
export function askToSignIn() {
    asked ??= ask().finally(() => asked = null);
    return asked;
}

function ask() {
    const dialog = document.getElementById('sign-in-dialog');
    if (!dialog) {
        // Readers sign in at the application, which brings them back here.
        location.assign(`sign-in?return=${encodeURIComponent(location.pathname + location.search)}`);
        return new Promise(() => { });
    }

    const form = dialog.querySelector('form');
    const error = dialog.querySelector('[role=alert]');
    const before = document.activeElement;
    error.hidden = true;
    return new Promise((resolve, reject) => {
        const end = () => {
            form.onsubmit = dialog.oncancel = null;
            form.elements.password.value = '';
            dialog.close();
            before?.focus?.();
        };
        const refuse = event => {
            event?.preventDefault();
            end();
            reject(new ApiError(401));
        };
        dialog.oncancel = refuse;
        dialog.querySelector('[data-answer=no]').onclick = refuse;
        form.onsubmit = async event => {
            event.preventDefault();
            const button = form.querySelector('[type=submit]');
            button.disabled = true;
            try {
                const session = await signIn(form.elements.name.value, form.elements.password.value);
                end();
                resolve(session);
            } catch (problem) {
                error.textContent = explain(problem);
                error.hidden = false;
                form.elements.password.select();
            } finally {
                button.disabled = false;
            }
        };
        dialog.showModal();
        form.elements[form.elements.name.value ? 'password' : 'name'].focus();
    });
}

async function signIn(name, password) {
    const response = await fetch(`${root}/session`, {
        method: 'POST',
        headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
        body: JSON.stringify({ name, password }),
    }).catch(() => { throw new ApiError(0); });
    if (response.ok) {
        return read(response, 'json');
    }

    const problem = await problemOf(response);
    problem.seconds = response.headers.get('Retry-After');
    throw problem;
}

function explain(problem) {
    switch (problem.status) {
        case 0: return text('Api.OutOfReach');
        case 400:
        case 401: return text('Dialog.Wrong');
        case 429: return text('Dialog.Locked', problem.seconds);
        default: return problem.message;
    }
}
