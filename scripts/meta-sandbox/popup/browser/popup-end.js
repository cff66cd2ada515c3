/** The last page of the popup: hands its messages to the opener, and to no other origin, and closes. */
(() => {
  const { origin, messages } = JSON.parse(document.currentScript.dataset.answer);
  if (!window.opener) return;
  for (const message of messages) window.opener.postMessage(message, origin);
  window.close();
})();
