// How far the review is, at the top of its pages.
import { get, person } from './api.js';
import { text, time } from './text.js';

const soon = 1000;
let timer = null;

/** Asks the server, a moment after the last of several calls. */
export function refreshStatus(delay = 300) {
    clearTimeout(timer);
    timer = setTimeout(async () => {
        try {
            show(await get('/review'));
        } catch {
            // What is shown stays; the next decision asks again.
        }
    }, delay);
}

/** @returns What is said where no photo is to be reviewed, and in how many milliseconds to ask again; null for not at all. */
export async function emptyText() {
    try {
        const [{ pending }, holders] = await Promise.all([get('/review'), get('/review/holders')]);
        const others = holders.filter(holder => holder.reviewer !== person);
        if (pending === 0 || others.length === 0) {
            return { message: text('Review.Empty'), again: null };
        }

        const photos = others.reduce((sum, holder) => sum + holder.photos, 0);
        const freeFrom = new Date(others[0].freeFrom);
        return {
            message: text('Review.WithOthers', photos, others.map(holder => holder.reviewer).join(', '), time(freeFrom)),
            again: Math.max(freeFrom - Date.now(), 0) + soon,
        };
    } catch {
        return { message: text('Review.Empty'), again: null };
    }
}

/** In the menu, as Layout/WaitingCount.razor writes it. */
function showWaiting(pending) {
    const element = document.getElementById('waiting');
    const most = Number(element.dataset.most);
    element.hidden = pending === 0;
    element.querySelector('[data-count]').textContent = pending > most ? `${most}+` : pending;
}

function show(status) {
    showWaiting(status.pending);
    const element = document.getElementById('review-status');
    const { newImages, minimumNewImages, nextCheck } = status.retraining;
    element.querySelector('[data-pending]').textContent = status.pending;
    element.querySelector('[data-retraining]').textContent = text(
        newImages < minimumNewImages ? 'Review.Retraining' : 'Review.RetrainingDue', newImages, minimumNewImages);
    element.querySelector('[data-next]').textContent = nextCheck ? text('Review.NextCheck', time(nextCheck)) : '';
    element.title = status.retraining.reason;
    const progress = element.querySelector('progress');
    progress.max = minimumNewImages;
    progress.value = Math.min(newImages, minimumNewImages);
}
