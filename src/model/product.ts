// Where the product is described; for documents that name the tool that wrote them.

/** The homepage of package.json. */
export const productUri = 'https://github.com/OWNER/bastide#readme';
