// Decisions on their way to the server, in order. They outlive a session that ends, a server that restarts and the page itself: those that
// the server has not answered are kept in the tab and sent when the page is opened again.
import { ApiError, get, post } from './api.js';
import { notify } from './dom.js';
import { text, time } from './text.js';

const storageKey = `dandelion-review-outbox${new URL(document.baseURI).pathname.replace(/\/$/, '')}`;
const atOnce = 50;
const wait = 2000;

export class Outbox {
    #items = JSON.parse(sessionStorage.getItem(storageKey) ?? '[]');
    #sending = false;
    #notice = null;
    #me = null;

    /** @param onAnswer Called with each decision and what became of it. */
    constructor(onAnswer) {
        this.onAnswer = onAnswer;
        addEventListener('beforeunload', event => {
            if (this.#items.length > 0) {
                event.preventDefault();
            }
        });
        addEventListener('online', () => this.flush());
        this.flush();
    }

    get size() {
        return this.#items.length;
    }

    get imageIds() {
        return this.#items.map(item => item.imageId);
    }

    add(decision) {
        this.#items.push(decision);
        this.#keep();
        this.flush();
    }

    async flush() {
        if (this.#sending) {
            return;
        }

        this.#sending = true;
        try {
            while (this.#items.length > 0) {
                await this.#sendSome();
            }

            this.#say(null);
        } catch (error) {
            this.#explain(error);
        } finally {
            this.#sending = false;
        }
    }

    // One photo's decisions never go together: the second is on what became of the first.
    #some() {
        const ids = new Set();
        const end = this.#items.findIndex((item, index) => index >= atOnce || ids.has(item.imageId) || !ids.add(item.imageId));
        return end < 0 ? this.#items.slice() : this.#items.slice(0, end);
    }

    async #sendSome() {
        const some = this.#some();
        const wasTried = some.some(item => item.tried);
        some.forEach(item => item.tried = true);
        this.#keep();
        this.#me ??= (await get('/session')).name;
        const answers = await post('/review/decisions', some.map(({ imageId, action, label }) => ({ imageId, action, label })));
        this.#items.splice(0, some.length);
        this.#keep();
        answers.forEach((answer, index) => {
            this.onAnswer(some[index], { ...answer, accepted: answer.accepted || (wasTried && this.#isDone(some[index], answer)) });
        });
    }

    // Sent before, and the answer was lost.
    #isDone({ action }, { refusal, photo }) {
        if (action === 'undo') {
            return refusal === 'notDecided';
        }

        const review = photo?.upload?.review;
        return refusal === 'alreadyDecided' && review.reviewer === this.#me && (review.action === action || action === 'correct');
    }

    #explain(error) {
        if (!(error instanceof ApiError)) {
            throw error;
        }

        if (error.status === 401) {
            this.#say(text('Review.NotSignedIn', this.size), { name: text('Review.SignIn'), run: () => this.flush() });
        } else if (error.isOutOfReach || error.status === 429 || error.status >= 500) {
            this.#say(text('Review.NotSaved', this.size));
            setTimeout(() => this.flush(), wait);
        } else {
            // It can never be: the server says why.
            this.#items.splice(0, this.#some().length);
            this.#keep();
            notify(error.message, { kind: 'error', lasting: true });
            this.flush();
        }
    }

    #say(message, action = null) {
        this.#notice?.remove();
        this.#notice = message && notify(message, { kind: 'error', action, lasting: true });
    }

    #keep() {
        sessionStorage.setItem(storageKey, JSON.stringify(this.#items));
    }
}

/** Why a decision does not stand, in words. */
export function refusalText(answer) {
    const { review, lease } = answer.photo?.upload ?? {};
    switch (answer.refusal) {
        case 'alreadyDecided': return text('Review.AlreadyDecided', answer.imageId, review.reviewer, time(review.at));
        case 'heldByAnother': return text('Review.HeldByAnother', answer.imageId, lease.reviewer);
        case 'alreadyTaken': return text('Review.AlreadyTaken', answer.imageId);
        case 'notFound': return text('Review.NotFound', answer.imageId);
        default: return text('Review.NotDecided', answer.imageId);
    }
}
