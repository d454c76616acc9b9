// Asks by a ConfirmDialog before something is done.

/** @returns Whether the reader said yes. */
export function confirm(id) {
    const dialog = document.getElementById(id);
    return new Promise(resolve => {
        const answer = value => {
            dialog.oncancel = dialog.onclick = null;
            dialog.close();
            resolve(value);
        };
        dialog.oncancel = event => {
            event.preventDefault();
            answer(false);
        };
        dialog.onclick = event => {
            const said = event.target.closest('[data-answer]')?.dataset.answer;
            if (said) {
                answer(said === 'yes');
            }
        };
        dialog.showModal();
    });
}

/** Forms with data-confirm are sent once it is said yes to. */
export function guardForms() {
    document.addEventListener('submit', async event => {
        const form = event.target;
        if (form.dataset.confirm && !form.dataset.confirmed) {
            event.preventDefault();
            if (await confirm(form.dataset.confirm)) {
                form.dataset.confirmed = 'yes';
                form.requestSubmit();
            }
        }
    });
}
