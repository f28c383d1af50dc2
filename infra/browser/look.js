// What is wrong with the page that is open, in words. It is an expression; the tests evaluate it beside the page.
(() => {
  const wrong = [];
  const name = e => `${e.tagName.toLowerCase()}${e.id ? "#" + e.id : ""} "${(e.innerText || e.labels?.[0]?.innerText || e.value || "").trim().slice(0, 40)}"`;

  // Sideways scrolling, and what causes it.
  const width = document.documentElement.scrollWidth;
  if (width > innerWidth) {
    const wide = [...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > innerWidth + 1);
    wrong.push(`it scrolls sideways: ${width} px on ${innerWidth}, by ${wide.slice(-3).map(name).join(", ")}`);
  }

  // Targets of at least 24 by 24 px. A link within a sentence may be as high as its line, as WCAG has it; a radio button
  // or a checkbox is hit by its label too.
  const inSentence = e => e.tagName === "A" && getComputedStyle(e).display === "inline" &&
    e.parentElement.innerText.trim().length > e.innerText.trim().length;
  for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")) {
    const boxes = [e, ...(e.labels ?? [])].map(x => x.getBoundingClientRect()).filter(box => box.width > 1 && box.height > 1);
    if (boxes.length === 0 || e.disabled || inSentence(e)) continue;
    if (boxes.every(box => box.right < 0 || box.bottom < 0)) continue; // until it has the focus
    if (!boxes.some(box => box.width >= 23.5 && box.height >= 23.5)) {
      wrong.push(`a small target: ${name(e)} is ${Math.round(boxes[0].width)} by ${Math.round(boxes[0].height)} px`);
    }
  }

  // What each page has.
  if (document.querySelectorAll("h1").length !== 1) wrong.push(`${document.querySelectorAll("h1").length} first headings`);
  if (!document.title.trim()) wrong.push("no title");
  if (!document.querySelector("a[href^='tel:'], body.console")) wrong.push("the hotline's number is not on it, as a link that calls");
  for (const e of document.querySelectorAll("script:not([src]), [style], style, [onclick], [onload], [onsubmit]")) wrong.push(`something inline: ${name(e)}`);

  // What a person types is marked for the keyboard and for what the browser knows already.
  for (const e of document.querySelectorAll("input[type=text], input[type=tel], input[type=email], input:not([type])")) {
    if (!e.autocomplete) wrong.push(`no autocomplete on ${name(e)}`);
  }
  return wrong;
})()
