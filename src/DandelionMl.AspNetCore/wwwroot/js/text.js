// The texts that the page gives its scripts, in the reader's language.
const texts = {};
for (const element of document.querySelectorAll('script[data-texts]')) {
    Object.assign(texts, JSON.parse(element.textContent));
}

const language = document.documentElement.lang;
const percents = new Intl.NumberFormat(language, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
const least = 0.001;
const times = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'medium', timeStyle: 'short' });

/** A text, its places {0}, {1} … filled in. */
export function text(key, ...values) {
    return (texts[key] ?? key).replace(/\{(\d+)\}/g, (place, index) => values[index] ?? place);
}

/** A label that keeps to itself in a text, whichever way it is written. */
export const isolate = label => `\u2068${label}\u2069`;

export const hasText = key => key in texts;

/** A share with one decimal; what is nearly all or nearly nothing is never called so. */
export const percent = share =>
    share > 0 && share < least / 2 ? `< ${percents.format(least)}` :
    share > 1 - least / 2 && share < 1 ? `> ${percents.format(1 - least)}` : percents.format(share);

export const time = iso => times.format(new Date(iso));
