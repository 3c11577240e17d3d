/** Of the package, as in package.json; results name it, because another release may judge differently. */
export const version = '0.1.0';
