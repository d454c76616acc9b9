// Points in time, in the reader's own zone.
const language = document.documentElement.lang === 'en' ? 'en-GB' : document.documentElement.lang;
const formats = {
    full: new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }),
    clock: new Intl.DateTimeFormat(language, { timeStyle: 'medium' }),
    next: new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' }),
};

/** Writes the moments in an element anew; what the server wrote, in UTC, is told on pointing at them. */
export function localise(element = document) {
    for (const moment of element.querySelectorAll('time[data-moment]')) {
        moment.title = moment.textContent;
        moment.textContent = formats[moment.dataset.moment].format(new Date(moment.dateTime));
    }
}
