"use strict";
(() => {
  // A link may point into something that is folded.
  const unfold = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const inside = target.matches("tbody") ? target.querySelector("details") : target;
    for (let node = inside; node; node = node.parentElement) {
      if (node.matches("details")) node.open = true;
    }
    if (target.closest("tbody")?.hidden) showAll();
    target.scrollIntoView();
  };

  const pods = [...document.querySelectorAll("table.pods > tbody")];
  const control = (name) => document.getElementById("filter-" + name);
  const choices = ["verdict", "namespace", "severity"];
  const words = pods.map((pod) => (pod.rows[0].textContent + " " + pod.querySelector("summary").textContent).toLowerCase());

  const matches = (pod, choice) => {
    const wanted = control(choice).value;
    if (wanted === "") return true;
    const has = pod.dataset[choice];
    return choice === "severity" ? has.split(" ").includes(wanted) : has === (wanted === "-" ? "" : wanted);
  };

  const filter = () => {
    const wanted = control("text").value.toLowerCase().split(/\s+/);
    let shown = 0;
    pods.forEach((pod, i) => {
      const show = wanted.every((word) => words[i].includes(word)) && choices.every((choice) => matches(pod, choice));
      pod.hidden = !show;
      if (show) shown++;
    });
    const all = pods.length === 1 ? "1 pod" : pods.length + " pods";
    document.getElementById("shown").textContent = shown === pods.length ? all : shown + " of " + all;
  };

  const showAll = () => {
    control("text").value = "";
    for (const choice of choices) control(choice).value = "";
    filter();
  };

  if (pods.length > 0) {
    document.getElementById("filters").hidden = false;
    control("text").addEventListener("input", filter);
    for (const choice of choices) control(choice).addEventListener("change", filter);
    document.getElementById("clear").addEventListener("click", showAll);

    const button = document.getElementById("unfold");
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", open);
      button.textContent = open ? "Fold" : "Unfold";
      for (const pod of pods) if (!pod.hidden) pod.querySelector("details").open = open;
    });

    for (const link of document.querySelectorAll("a[data-filter]")) {
      link.addEventListener("click", () => {
        showAll();
        control(link.dataset.filter).value = link.dataset.value;
        filter();
      });
    }
    filter(); // a browser may restore what was chosen before
  }

  addEventListener("hashchange", unfold);
  unfold();
})();
