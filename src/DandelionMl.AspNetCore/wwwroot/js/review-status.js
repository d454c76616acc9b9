// How far the review is, at the top of its pages.
import { get } from './api.js';
import { text, time } from './text.js';

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

function show(status) {
    const element = document.getElementById('review-status');
    const { newImages, minimumNewImages, shouldRetrain, nextCheck } = status.retraining;
    element.querySelector('[data-pending]').textContent = status.pending;
    element.querySelector('[data-retraining]').textContent = text(
        shouldRetrain ? 'Review.RetrainingDue' : 'Review.Retraining', newImages, minimumNewImages);
    element.querySelector('[data-next]').textContent = nextCheck ? text('Review.NextCheck', time(nextCheck)) : '';
    element.title = status.retraining.reason;
    const progress = element.querySelector('progress');
    progress.max = minimumNewImages;
    progress.value = Math.min(newImages, minimumNewImages);
}
