// Classes that people type: one that there is not is made only when they say so.
import { ask } from './dialogs.js';
import { isolate, text } from './text.js';

const dialog = 'new-class';

/** A label without what people write differently: case, accents, spaces. */
const plain = label => label.normalize('NFD').replace(/\p{Mn}|\s/gu, '').toLowerCase();

/** What is wrong with a class that the API does not know. */
export function unknownClass({ similarClass }, label) {
    return similarClass ? text('Forms.SimilarClass', isolate(label), isolate(similarClass)) : text('Forms.UnknownClass', isolate(label));
}

/**
 * The class that somebody means, who typed it. Asks where there is none of that name.
 * @returns {Promise<{label: string, isNew: boolean} | null>} null if none is meant after all.
 */
export async function askForClass(typed, known) {
    if (known.includes(typed)) {
        return { label: typed, isNew: false };
    }

    const begun = known.filter(label => plain(label).startsWith(plain(typed)));
    const similarClass = known.find(label => plain(label) === plain(typed)) ?? (begun.length === 1 ? begun[0] : null);
    const element = document.getElementById(dialog);
    element.querySelector('h2').textContent = unknownClass({ similarClass }, typed);
    const similar = element.querySelector('[data-answer=similar]');
    similar.hidden = similarClass === null;
    similar.textContent = similarClass ?? '';
    element.querySelector('[data-answer=new]').textContent = text('NewClass.Make', isolate(typed));
    switch (await ask(dialog)) {
        case 'similar': return { label: similarClass, isNew: false };
        case 'new': return { label: typed, isNew: true };
        default: return null;
    }
}
