// What every page has: the theme at once, and questions before forms that ask for one.
import { guardForms } from './dialogs.js';
import { localise } from './moments.js';

document.documentElement.classList.add('scripts');
guardForms();
localise();

const themes = document.querySelector('[data-themes]');
themes?.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (!button) {
        return;
    }

    event.preventDefault();
    const isChosen = button.value !== 'device';
    if (isChosen) {
        document.documentElement.dataset.theme = button.value;
    } else {
        delete document.documentElement.dataset.theme;
    }

    document.cookie = `dandelion-theme=${button.value}; path=${document.documentElement.dataset.path}; max-age=${isChosen ? 31536000 : 0}; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`;
    for (const other of themes.querySelectorAll('button')) {
        other.setAttribute('aria-pressed', String(other === button));
    }
});
