// Says that scripts run, so that what needs them may show (`data-needs-js`).
document.documentElement.setAttribute("data-js", "");
