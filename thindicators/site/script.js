// The search of the front page, and the address in the ready lines. Without this script everything is shown.
(function () {
  "use strict";
  // Words that a question has and no indicator is told by.
  var SMALL = "a an and are for how in is it many much of on or people rate the to what where who".split(" ");
  // “Well-being”, “wellbeing” and “Well being’s” are one word, and “PM2.5” is another.
  var wordsOf = function (text) {
    return text.toLowerCase().replace(/[\u2019'\u2082.-]/g, function (sign) { return sign === "\u2082" ? "2" : ""; })
      .split(/[^a-z0-9]+/).filter(function (word) { return word && SMALL.indexOf(word) < 0; });
  };
  var stemOf = function (word) {
    var stem = word.replace(/(ies|ing|es|ed|s)$/, "");
    return stem.length >= 4 ? stem : word;
  };
  // Whether one letter was left out, added or mistaken.
  var isNear = function (word, other) {
    if (word.length < 5 || Math.abs(word.length - other.length) > 1) { return false; }
    var start = 0, end = 0, most = Math.min(word.length, other.length);
    while (start < most && word[start] === other[start]) { start += 1; }
    while (end < most - start && word[word.length - 1 - end] === other[other.length - 1 - end]) { end += 1; }
    return Math.max(word.length, other.length) - start - end <= 1;
  };
  var isFound = function (wanted, words, joined) {
    var stem = stemOf(wanted);
    return joined.indexOf(wanted) >= 0 && wanted.length > 4 || words.some(function (word) {
      return word.indexOf(stem) === 0 || isNear(wanted, word);
    });
  };
  var form = document.querySelector("form.find");
  if (form) {
    var entries = Array.prototype.slice.call(document.querySelectorAll(".indicators > li"));
    var calls = Array.prototype.slice.call(document.querySelectorAll("section.call"));
    var update = function () {
      var wanted = wordsOf(form.search.value);
      var count = 0;
      entries.forEach(function (entry) {
        var words = wordsOf(entry.dataset.words);
        var joined = words.join("");
        var section = entry.closest("section");
        var shown =
          wanted.every(function (word) { return isFound(word, words, joined); }) &&
          (!form.call.value || section.dataset.call === form.call.value) &&
          (!form.kind.value || entry.dataset.kinds.split(" ").indexOf(form.kind.value) >= 0);
        entry.hidden = !shown;
        count += shown ? 1 : 0;
      });
      calls.forEach(function (section) {
        section.hidden = !section.querySelector(".indicators > li:not([hidden])");
      });
      document.getElementById("nothing").hidden = count > 0;
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
