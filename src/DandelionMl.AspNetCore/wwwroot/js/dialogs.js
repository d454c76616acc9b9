// Questions before something that can't be taken back at once.

/** @returns Whether the reader said yes. */
export const confirm = async id => await ask(id) === 'yes';

/** @returns What the reader said: the data-answer of a button; 'no' for closing the dialog. */
export function ask(id) {
    const dialog = document.getElementById(id);
    return new Promise(resolve => {
        const answer = value => {
            dialog.oncancel = dialog.onclick = null;
            dialog.close();
            resolve(value);
        };
        dialog.oncancel = event => {
            event.preventDefault();
            answer('no');
        };
        dialog.onclick = event => {
            const said = event.target.closest('[data-answer]')?.dataset.answer;
            if (said) {
                answer(said);
            }
        };
        dialog.showModal();
    });
}

/** Forms with data-confirm, or the button that sends one, are sent once it is said yes to. */
export function guardForms() {
    document.addEventListener('submit', async event => {
        const form = event.target;
        const button = event.submitter;
        const question = button?.dataset.confirm ?? form.dataset.confirm;
        if (question && !form.dataset.confirmed) {
            event.preventDefault();
            if (await confirm(question)) {
                form.dataset.confirmed = 'yes';
                form.requestSubmit(button);
            }
        }
    });
}
