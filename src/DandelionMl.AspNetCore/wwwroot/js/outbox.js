// Decisions on their way to the server, in order. They outlive a session that ends, a server that restarts and the page itself: those that
// the server has not answered are kept in the tab and sent when the page is opened again. Each belongs to the person who decided it, and is
// sent in no other name.
import { ApiError, person, post } from './api.js';
import { notify } from './dom.js';
import { text, time } from './text.js';

const storageKey = `dandelion-review-outbox${new URL(document.baseURI).pathname.replace(/\/$/, '')}`;
const atOnce = 100;
const wait = 2000;

export class Outbox {
    #items = [];
    #others = [];
    #sending = false;
    #notice = null;

    /** @param onAnswers Called with decisions that were sent together, each as { decision, answer }. */
    constructor(onAnswers) {
        this.onAnswers = onAnswers;
        const kept = JSON.parse(sessionStorage.getItem(storageKey) ?? '[]');
        this.#items = kept.filter(item => item.by === person);
        this.#others = kept.filter(item => item.by !== person);
        this.#tellOfOthers();
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

    add(...decisions) {
        this.#items.push(...decisions.map(decision => ({ ...decision, by: person })));
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
        const answers = await post(
            '/review/decisions', some.map(({ imageId, action, label, newClass }) => ({ imageId, action, label, newClass: newClass === true })));
        this.#items.splice(0, some.length);
        this.#keep();
        this.onAnswers(answers.map((answer, index) => ({
            decision: some[index],
            answer: { ...answer, accepted: answer.accepted || (wasTried && this.#isDone(some[index], answer)) },
        })));
    }

    // Sent before, and the answer was lost.
    #isDone({ action }, { refusal, photo }) {
        if (action === 'undo') {
            return refusal === 'notDecided';
        }

        const review = photo?.upload?.review;
        return refusal === 'alreadyDecided' && review.reviewer === person && (review.action === action || action === 'correct');
    }

    #explain(error) {
        if (!(error instanceof ApiError)) {
            throw error;
        }

        if (error.isOfAnother) {
            this.#say(`${text('Review.KeptFor', this.size, person)} ${error.message}`);
        } else if (error.status === 401) {
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
        sessionStorage.setItem(storageKey, JSON.stringify([...this.#others, ...this.#items]));
    }

    #tellOfOthers() {
        if (this.#others.length > 0) {
            const names = [...new Set(this.#others.map(item => item.by))].join(', ');
            notify(text('Review.KeptFor', this.#others.length, names), {
                kind: 'error', lasting: true, action: { name: text('Review.Discard'), run: () => { this.#others = []; this.#keep(); } },
            });
        }
    }
}

/** Tells which decisions do not stand: those of one kind in one notice, however many there are. */
export function tellRefusals(answers) {
    const refused = answers.map(item => item.answer).filter(answer => !answer.accepted);
    const kinds = Map.groupBy(refused, answer => `${answer.refusal} ${answer.photo?.upload?.review?.reviewer ?? answer.photo?.upload?.lease?.reviewer}`);
    for (const alike of kinds.values()) {
        notify(alike.length === 1 ? refusalText(alike[0]) : refusalsText(alike), { kind: 'error', lasting: true });
    }
}

function refusalsText(alike) {
    const { review, lease } = alike[0].photo?.upload ?? {};
    switch (alike[0].refusal) {
        case 'alreadyDecided': return text('Review.ManyAlreadyDecided', alike.length, review.reviewer);
        case 'heldByAnother': return text('Review.ManyHeldByAnother', alike.length, lease.reviewer);
        default: return text('Review.ManyRefused', alike.length, refusalText(alike[0]));
    }
}

/** Why a decision does not stand, in words. */
function refusalText(answer) {
    const { review, lease } = answer.photo?.upload ?? {};
    switch (answer.refusal) {
        case 'alreadyDecided': return text('Review.AlreadyDecided', answer.imageId, review.reviewer, time(review.at));
        case 'heldByAnother': return text('Review.HeldByAnother', answer.imageId, lease.reviewer);
        case 'alreadyTaken': return text('Review.AlreadyTaken', answer.imageId);
        case 'unknownClass': return answer.message;
        case 'notFound': return text('Review.NotFound', answer.imageId);
        default: return text('Review.NotDecided', answer.imageId);
    }
}
