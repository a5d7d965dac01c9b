// The one form on this page needs no decision of a person: it is sent at once. Without scripts there is its button.
document.querySelector("form[data-onward]")?.requestSubmit();
