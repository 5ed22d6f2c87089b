// Names for the controls of the editor's library that have none, so that screen readers can tell them.

const NAMES = [
  [".yasqe textarea", "SPARQL query"],
  [".yasqe_queryButton", "Run the query"],
  [".yasqe_expandButton", "Make the editor larger"],
  [".yasr_downloadIcon", "Download the answer"],
  [".tableFilter", "Filter the answer"],
  [".tableSizer", "Rows of a page"],
  [".addTab", "New tab"],
  [".tabPrefButton", "Settings of the tab"],
  [".yasr_external_ref_btn", "About this view"],
  [".closeTab", "Close the tab"],
];

/** Watch a part of the page and name what appears in it. */
export function nameControls(room) {
  const name = () => {
    for (const [selector, label] of NAMES) {
      for (const element of room.querySelectorAll(selector)) if (!element.getAttribute("aria-label")) element.setAttribute("aria-label", label);
    }
    for (const button of room.querySelectorAll(".tabsList .addTab")) {
      if (button.getAttribute("role") !== "tab") button.setAttribute("role", "tab"); // a list of tabs holds nothing else
    }
    for (const button of room.querySelectorAll(".yasr_btn")) {
      const disabled = String(button.classList.contains("disabled"));
      if (button.getAttribute("aria-disabled") !== disabled) button.setAttribute("aria-disabled", disabled);
    }
    for (const picture of room.querySelectorAll("svg:not([aria-hidden]):not([role])")) picture.setAttribute("aria-hidden", "true");
  };
  new MutationObserver(name).observe(room, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
  name();
}
