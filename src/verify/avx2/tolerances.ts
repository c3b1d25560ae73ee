// How much two right machines may differ. A float32 carries 6e-8 of its value. Kernels for AVX-512 and for AVX2 add the
// same products in another order and take exp and erf from other polynomials; over the 384 to 3072 terms of a product
// and the layers behind it that grows to some 1e-6 of a score or logit of size 1 to 10 (docs/haswell.md has what was
// seen). A wrong kernel, mask or gather is off by 1e-2 and more. The bounds lie between, well away from both.

/** Largest difference of a logit; the same bound as between the graphs and PyTorch (verify/goldens.ts). */
export const LOGIT_TOLERANCE = 1e-4;

/** Largest difference of a score, in the units of `scoreDifference`. */
export const SCORE_TOLERANCE = 1e-4;

/**
 * From the line, in the units of `distances`: a decision this near to it may fall either way. Two scores that each
 * lie within it of the line are within twice of it of each other.
 */
export const FLIP_TOLERANCE = 1e-4;
