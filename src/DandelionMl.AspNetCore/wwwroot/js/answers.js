// The answers on the page to classify, kept in this tab, so that they are there again after a reload. They go with the tab, or when the
// reader says so. No link leads to one: it would show somebody's photo to anybody.

// The addresses of the training photos in an answer are good for an hour.
const lifetime = 55 * 60_000;
const side = 320;
const start = `dandelion-answer${new URL(document.baseURI).pathname.replace(/\/$/, '')}:`;

/** Keeps what a card says, in the place of what it said before.
 * @param place When it was sent, and which of those that were sent with it: `1767225600000-0`. */
export function keepAnswer(card, place) {
    if (!card.isConnected) {
        return;
    }

    card.dataset.place = place;
    const answer = card.querySelector('.answer').cloneNode(true);
    // To try again takes the file, which is not kept.
    answer.querySelectorAll(':scope > button').forEach(button => button.remove());
    write(start + place, JSON.stringify({
        name: card.querySelector('.file').textContent,
        picture: draw(card.querySelector('img')),
        lang: answer.lang || document.documentElement.lang,
        answer: answer.innerHTML,
    }));
}

/** Puts the kept answers on the page.
 * @param makeCard Makes a card of a name and the address of a picture. */
export function restoreAnswers(results, makeCard) {
    for (const key of keys()) {
        const { name, picture, lang, answer } = JSON.parse(sessionStorage.getItem(key));
        const card = makeCard(name, picture);
        card.dataset.place = key.slice(start.length);
        // As this host made it; what it says stays in the language that it was said in.
        Object.assign(card.querySelector('.answer'), { lang, innerHTML: answer });
        results.append(card);
    }
}

export function forgetAnswers() {
    keys().forEach(key => sessionStorage.removeItem(key));
}

/** The last that were sent first, as they stand on the page; those that are too old are gone. */
function keys() {
    const own = Object.keys(sessionStorage).filter(key => key.startsWith(start));
    own.filter(key => Date.now() - sentAt(key) > lifetime).forEach(key => sessionStorage.removeItem(key));
    return own.filter(key => sessionStorage.getItem(key) !== null).sort((left, right) => sentAt(right) - sentAt(left) || numberOf(left) - numberOf(right));
}

const sentAt = key => Number(key.slice(start.length).split('-')[0]);
const numberOf = key => Number(key.slice(start.length).split('-')[1]);

/** A tab has room for some megabytes: the oldest make room for the new one. */
function write(key, value) {
    for (;;) {
        try {
            sessionStorage.setItem(key, value);
            return;
        } catch {
            const oldest = keys().findLast(other => other !== key);
            if (!oldest) {
                return;
            }

            sessionStorage.removeItem(oldest);
        }
    }
}

/** The photo, small, as a data address; null if there is nothing to be seen of it. */
function draw(image) {
    if (image.hidden || image.src.startsWith('data:')) {
        return image.hidden ? null : image.src;
    }

    const scale = Math.min(side / Math.max(image.naturalWidth, image.naturalHeight), 1);
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(Math.round(image.naturalWidth * scale), 1);
    canvas.height = Math.max(Math.round(image.naturalHeight * scale), 1);
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL('image/jpeg', 0.8);
}
