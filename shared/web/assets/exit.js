// Leaves at once, so that Back does not lead here: by the exit link, and by Esc three times within two seconds.
(function () {
  "use strict";
  var exit = document.querySelector(".exit"), keys = document.querySelector(".keys"), presses = [];
  function leave() {
    document.title = "";
    document.body.hidden = true; // the next page may take its time
    window.location.replace(exit.href);
  }
  if (exit) {
    exit.addEventListener("click", function (event) {
      event.preventDefault();
      leave();
    });
    document.addEventListener("keydown", function (event) {
      if (event.key !== "Escape" && event.key !== "Esc") {
        presses = [];
        return;
      }
      if (event.repeat) return;
      presses = presses.concat(Date.now()).slice(-3);
      if (presses.length === 3 && presses[2] - presses[0] < 2000) leave();
    });
    if (keys) keys.hidden = false;
  }
  // Browsers that do not know autofocus on what is no control.
  var problems = document.querySelector(".problems");
  if (problems && document.activeElement !== problems) problems.focus();
})();
