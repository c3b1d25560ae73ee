"""Original sentences for the real-model goldens, written for this project: lengths from 2 to about 45 words."""

SENTENCES = [
    "Wonderful.",
    "A complete waste.",
    "I loved every minute of it.",
    "Nobody in this cast seems to care.",
    "The ending left me cold and a little angry.",
    "Warm, funny and quietly brave from its first scene to its last.",
    "The jokes arrive late, limp and in the wrong order.",
    "It is not a bad film, only a lazy one.",
    "What a generous, patient portrait of two sisters who have run out of excuses!",
    "The camera never stops moving, which is fortunate, because the story never starts.",
    "She sings as though the roof might fall in, and for three glorious minutes you hope it will.",
    "Two hours of grey corridors, mumbled threats and a score that sounds like a broken fridge.",
    "Not once does the script talk down to the children it was written for, and that alone makes it a treasure.",
    "If you can forgive the clumsy opening, there is a sharp and surprisingly tender comedy waiting behind it.",
    "The director mistakes shouting for passion, darkness for depth, and my evening for something I would not miss.",
    "Few thrillers this year have been put together with such care, and fewer still trust their audience to keep up.",
    "By the third flashback I had guessed the killer, the motive and, sadly, every remaining line of the dialogue.",
    "Its small budget shows in the sets and nowhere else: the writing is rich, the acting is fearless, the last shot is perfect.",
    "I wanted to like it, I tried to like it, and in the end I was counting the tiles on the ceiling of the theatre.",
    "A sequel nobody asked for turns out to be lighter on its feet, kinder to its heroes and far more inventive than the original ever was.",
    "The leads have no chemistry, the villain has no plan, and the editing is so frantic that even the explosions look as if they were in a hurry to leave.",
    "There are moments, mostly near the lake, when the picture slows down and simply listens to its people, and in those moments it is as moving as anything I have seen.",
    "Somewhere under the product placement, the recycled gags and the tired romance there may be an idea, but the film works very hard, for a hundred and thirty minutes, to keep it from being found.",
    "He plays the old teacher without a trace of sugar, letting silence do what speeches usually ruin, and when the class finally stands up for him you realise that you have been holding your breath for an hour.",
    "Charming nonsense.",
    "The plot is thin but the company is delightful.",
    "An ugly, joyless slog.",
    "Every frame glows.",
    "Dull people do dull things in a very expensive house.",
    "It made me laugh, then think, then call my mother.",
]
# For documents: which sentences praise and which complain.
PRAISE = [SENTENCES[i] for i in (0, 2, 5, 8, 10, 12, 13, 15, 17, 19, 21, 23, 24, 25, 27, 29)]
COMPLAINTS = [SENTENCES[i] for i in (1, 3, 4, 6, 9, 11, 14, 16, 18, 20, 22, 26, 28)]
