// Elements, made without markup: whatever is in a text stays text.

/** Makes an element. Properties are set on it, those of `data` as data-*, and null children are left out. */
export function make(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
        if (name === 'data') {
            Object.assign(element.dataset, value);
        } else if (name.startsWith('aria-') || name === 'role' || name === 'for') {
            element.setAttribute(name, value);
        } else {
            element[name] = value;
        }
    }

    element.append(...children.filter(child => child !== null && child !== undefined));
    return element;
}

/** Tells something to those who listen, and, where it is to be seen too, in a corner of the page. */
export function notify(message, { kind = 'note', action = null, lasting = false } = {}) {
    const notices = document.getElementById('notices');
    const close = make('button', { className: 'quiet', type: 'button', textContent: '×' });
    const notice = make('div', { className: `notice ${kind}` }, make('p', { textContent: message }));
    if (action) {
        notice.append(make('button', { type: 'button', textContent: action.name, onclick: () => { notice.remove(); action.run(); } }));
    }

    close.setAttribute('aria-label', notices.dataset.close ?? '×');
    close.onclick = () => notice.remove();
    notice.append(close);
    notices.append(notice);
    if (!lasting) {
        setTimeout(() => notice.remove(), 8000);
    }

    return notice;
}

/** A photo with what is said of it, as Shared/PhotoCard.razor makes it. */
export function photoCard(picture, alt, side, ...said) {
    return make('figure', { className: 'photo-card' },
        make('img', { src: picture, alt, loading: 'lazy', decoding: 'async', width: side, height: side }),
        make('figcaption', {}, ...said));
}
