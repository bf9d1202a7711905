// Improves pages; every page works without it.
// Suggestions: a combobox with a list box (WAI-ARIA Authoring Practices, "Editable Combobox").
function suggest(form, number) {
  const input = form.querySelector("input[type=search]"), list = document.createElement("ul");
  const address = new URL(form.dataset.suggest, location), pinned = [...address.searchParams];
  let selected = -1, options = [], timer, request;
  Object.assign(list, { className: "suggestions", id: `suggestions-${number}`, role: "listbox", ariaLabel: "Suggestions", hidden: true });
  Object.assign(input, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: "false" });
  input.setAttribute("aria-controls", list.id);
  form.append(list);
  // The page of /v1/claims/x is /claims/x; a pinned release remains pinned.
  const pageOf = ({ url }) => {
    const page = new URL(url.replace("/v1/", "/"), location);
    for (const [name, value] of pinned) page.searchParams.set(name, value);
    return page;
  };
  const show = (isOpen) => { list.hidden = !isOpen; input.ariaExpanded = String(isOpen); select(-1); };
  const select = (position) => {
    selected = position;
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", index === position));
    if (position < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[position].id);
    list.children[position].scrollIntoView({ block: "nearest" });
  };
  const optionOf = (suggestion, index) => {
    const item = document.createElement("li"), type = document.createElement("small");
    Object.assign(item, { id: `${list.id}-${index}`, role: "option" });
    type.textContent = suggestion.type.replaceAll("_", " ");
    item.append(suggestion.name, type);
    item.addEventListener("pointerdown", (event) => { event.preventDefault(); location = pageOf(suggestion); });
    return item;
  };
  const load = async () => {
    request = new AbortController();
    address.searchParams.set("q", input.value.trim());
    address.searchParams.set("limit", 8);
    try {
      const response = await fetch(address, { signal: request.signal, headers: { Accept: "application/json" } });
      options = response.ok ? (await response.json()).data : [];
    } catch { return; } // superseded by the next key, or offline: the form still works
    list.replaceChildren(...options.map(optionOf));
    show(options.length > 0 && document.activeElement === input);
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    request?.abort();
    if (input.value.trim().length < 2) show(false); else timer = setTimeout(load, 120);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "Escape") { event.preventDefault(); return show(false); }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    // One place more than options: the field itself.
    if (step) { event.preventDefault(); select(((selected + 1 + step + options.length + 1) % (options.length + 1)) - 1); }
    if (event.key === "Enter" && selected >= 0) { event.preventDefault(); location = pageOf(options[selected]); }
  });
  input.addEventListener("blur", () => show(false));
}
document.querySelectorAll("[data-suggest]").forEach(suggest);
addEventListener("keydown", (event) => {
  const isTyping = event.target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  document.getElementById("site-search")?.focus();
});

if (navigator.clipboard) for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied"; setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
}

// Forms whose result is a part of their page: that part is replaced.
for (const form of document.querySelectorAll("[data-outcome]")) form.addEventListener("input", () => {
  clearTimeout(form.timer);
  form.timer = setTimeout(async () => {
    const page = new URL(location), outcome = form.dataset.outcome;
    page.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    form.latest = page.href;
    const response = await fetch(page, { headers: { Accept: "text/html" } });
    if (form.latest !== page.href) return;
    if (!response.ok) return form.requestSubmit(); // the problem page says what would work
    const replaced = new DOMParser().parseFromString(await response.text(), "text/html").getElementById(outcome);
    document.getElementById(outcome).replaceChildren(...replaced.childNodes);
    history.replaceState(null, "", page);
  }, 250);
});

for (const form of document.querySelectorAll("[data-try]")) form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const output = document.getElementById(form.dataset.try), prefix = new URL(document.documentElement.dataset.home, location).pathname;
  const address = new URL(form.elements.address.value.replace(/^\/(?=v1\b)/, prefix), location.origin);
  if (address.origin !== location.origin) return void (output.textContent = "Only addresses of this server are tried.");
  const response = await fetch(address), text = await response.text();
  output.textContent = `${response.status} ${response.headers.get("Content-Type")}\n${text}`;
});
