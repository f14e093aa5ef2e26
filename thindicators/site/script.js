// The search of the front page, and the address in the ready lines. Without this script everything is shown.
(function () {
  "use strict";
  var form = document.querySelector("form.find");
  if (form) {
    var entries = Array.prototype.slice.call(document.querySelectorAll(".indicators > li"));
    var calls = Array.prototype.slice.call(document.querySelectorAll("section.call"));
    var update = function () {
      var wanted = form.search.value.toLowerCase().split(/\s+/).filter(Boolean);
      var count = 0;
      entries.forEach(function (entry) {
        var text = entry.querySelector(".what").textContent.toLowerCase();
        var section = entry.closest("section");
        var shown =
          wanted.every(function (word) { return text.indexOf(word) >= 0; }) &&
          (!form.call.value || section.dataset.call === form.call.value) &&
          (!form.kind.value || entry.dataset.kinds.split(" ").indexOf(form.kind.value) >= 0);
        entry.hidden = !shown;
        count += shown ? 1 : 0;
      });
      calls.forEach(function (section) {
        section.hidden = !section.querySelector(".indicators > li:not([hidden])");
      });
      document.getElementById("found").textContent = count + " of " + entries.length + " indicators";
    };
    form.hidden = false;
    form.addEventListener("input", update);
    form.addEventListener("change", update);
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    update();
  }
  if (/^https?:$/.test(location.protocol)) {
    var base = new URL("../..", location.href.replace(/[?#].*$/, "").replace(/[^/]*$/, "")).href.replace(/\/$/, "");
    var lines = document.querySelectorAll("pre code");
    Array.prototype.forEach.call(lines, function (code) {
      code.textContent = code.textContent.split("published/latest").join(base).replace("File.Contents", "Web.Contents");
    });
    var hint = document.querySelector("p.address");
    if (hint && lines.length) { hint.hidden = true; }
  }
})();
