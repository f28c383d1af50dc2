// Package browser holds the tests that use the pages as people do: in real Chromium, over the local stack, with what they
// see. A control is found by its role and by its name, as a screen reader finds it, and its name is in the catalogues of
// shared/i18n; no test knows a class, an id or the name of a field.
//
// Each journey is made in each page language, with and without JavaScript, at three widths. Wherever it comes to, the page
// is looked at: by axe-core, by look.js, and by the record of all that the browser asked for and kept. Pictures of all of
// it are in build/screens, with an index.html, for people to look at.
//
// Limits: Chromium is not the old phone's browser. A native picker of a select is not seen. Nothing here knows whether a
// text is right, only that it is the catalogue's.
package browser
