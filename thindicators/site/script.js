// The search of the front page, the figures of a chart by mouse, touch and keys, and the address in the code that reads
// a file. Without this script everything is shown, and every figure is in a table.
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
          (!form.theme || !form.theme.value || entry.dataset.theme === form.theme.value) &&
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

  // What a mark says: whose figure it is, when, in words, its limits in words, the three as bare numbers, and its series.
  var POINT = "data-point";
  var partsOf = function (mark) { return mark.getAttribute(POINT).split("|"); };
  var marksOf = function (svg) { return Array.prototype.slice.call(svg.querySelectorAll("[" + POINT + "]")); };
  var middleOf = function (mark) {
    var box = mark.getBoundingClientRect();
    return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
  };
  var nearestTo = function (x, y, marks) {
    var nearest = null, least = Infinity;
    marks.forEach(function (mark) {
      var box = mark.getBoundingClientRect();
      // A bar or a tile is near wherever it is touched, a mark by its middle.
      var across = Math.max(box.left - x, 0, x - box.right), down = Math.max(box.top - y, 0, y - box.bottom);
      if (Math.hypot(across, down) < least) { least = Math.hypot(across, down); nearest = mark; }
    });
    return nearest;
  };
  var button = function (text, act) {
    var made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", function () { act(made); });
    return made;
  };
  var save = function (name, content) {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(content);
    link.download = name;
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
  };
  var SHOWN = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-weight", "text-anchor", "opacity"];
  var textIn = function (tag, text, x, y, size, weight) {
    var made = document.createElementNS(tag.namespaceURI, "text");
    made.textContent = text;
    made.setAttribute("style", "fill:" + getComputedStyle(document.body).color + ";font:" + weight + " " + size + "px sans-serif");
    made.setAttribute("x", x);
    made.setAttribute("y", y);
    tag.appendChild(made);
  };
  var linesOf = function (text, letters) {
    return text.split(" ").reduce(function (lines, word) {
      var last = lines[lines.length - 1];
      if (last && (last + " " + word).length <= letters) { lines[lines.length - 1] = last + " " + word; } else { lines.push(word); }
      return lines;
    }, []);
  };
  // A chart as a picture that stands alone: as it looks on the page, with its heading above and its source below.
  var pictureOf = function (figure, svg) {
    var copy = svg.cloneNode(true), box = svg.viewBox.baseVal;
    var all = svg.querySelectorAll("*"), copies = copy.querySelectorAll("*");
    Array.prototype.forEach.call(all, function (part, number) {
      var look = getComputedStyle(part);
      SHOWN.forEach(function (name) { copies[number].style.setProperty(name, look.getPropertyValue(name)); });
    });
    var size = box.width > 500 ? 18 : 13, letters = Math.floor(box.width / size * 1.9);
    var heading = figure.querySelector("figcaption h3, figcaption h4").textContent;
    if (figure.classList.contains("map")) { heading = svg.querySelector("title").textContent; }
    var above = linesOf(heading, letters).concat(linesOf(figure.querySelector(".unit").textContent, letters));
    // Shades without their squares would say nothing.
    var keys = figure.querySelectorAll(figure.classList.contains("map") ? "none" : ".key li");
    var key = Array.prototype.map.call(keys, function (entry) { return entry.textContent; });
    var source = "Source: " + figure.querySelector("figcaption").dataset.source + ". " + document.title;
    var below = linesOf(key.join("; "), letters).concat(linesOf(source, letters));
    var step = size * 1.4, top = above.length * step + 8, bottom = below.length * step + 8;
    copy.setAttribute("viewBox", [box.x, box.y - top, box.width, box.height + top + bottom].join(" "));
    copy.setAttribute("width", box.width);
    copy.setAttribute("height", box.height + top + bottom);
    copy.setAttribute("style", "font-family:sans-serif;background:" + getComputedStyle(document.body).backgroundColor);
    above.forEach(function (line, number) {
      textIn(copy, line, box.x + 4, box.y - top + (number + 1) * step, size, number ? "normal" : "bold");
    });
    below.forEach(function (line, number) { textIn(copy, line, box.x + 4, box.y + box.height + (number + 1) * step, size - 3, "normal"); });
    return copy;
  };
  var savePng = function (name, picture) {
    var image = new Image(), width = +picture.getAttribute("width"), height = +picture.getAttribute("height");
    image.onload = function () {
      var canvas = document.createElement("canvas"), context = canvas.getContext("2d");
      canvas.width = width * 2;
      canvas.height = height * 2;
      context.fillStyle = getComputedStyle(document.body).backgroundColor;
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(function (content) { save(name, content); }, "image/png");
    };
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(new XMLSerializer().serializeToString(picture));
  };
  var tableOf = function (marks) {
    var rows = [["Name", "Period", "Figure", "Lower 95% limit", "Upper 95% limit", "In words", "Series"]];
    marks.map(partsOf).forEach(function (parts) { rows.push([parts[0], parts[1], parts[4], parts[5], parts[6], parts[2], parts[7]]); });
    // The first sign tells Excel that the letters are Unicode.
    return "\ufeff" + rows.map(function (row) {
      return row.map(function (cell) { return '"' + cell.replace(/"/g, '""') + '"'; }).join(",");
    }).join("\r\n") + "\r\n";
  };
  var EVERYTHING = "everything";
  var namesOf = function (marks) {
    return marks.map(function (mark) { return partsOf(mark)[0]; })
      .filter(function (name, number, all) { return all.indexOf(name) === number; });
  };
  // Whatever else is drawn in the colour of a name belongs to it: its line, and the band of its limits.
  var coloursOf = function (marks) {
    return marks.map(function (mark) { return mark.getAttribute("stroke") || mark.getAttribute("fill"); });
  };
  var lookAt = function (svg, chosen) {
    var marks = marksOf(svg), isChosen = function (mark) { return chosen === EVERYTHING || partsOf(mark)[0] === chosen; };
    var kept = coloursOf(marks.filter(isChosen)), others = coloursOf(marks.filter(function (mark) { return !isChosen(mark); }));
    Array.prototype.forEach.call(svg.querySelectorAll("path, " + "[" + POINT + "]"), function (part) {
      var colour = part.getAttribute("stroke") || part.getAttribute("fill");
      var isOfOthers = colour && kept.indexOf(colour) < 0 && others.indexOf(colour) >= 0;
      var isFaint = part.hasAttribute(POINT) ? !isChosen(part) : Boolean(isOfOthers);
      part.classList.toggle("faint", isFaint);
    });
    return marks.filter(isChosen);
  };
  // A list of the names in a chart, of which one can be looked at alone.
  var chooser = function (drawings, names, chosen) {
    var label = document.createElement("label"), list = document.createElement("select");
    [EVERYTHING].concat(names).forEach(function (name) { list.appendChild(new Option(name, name)); });
    list.addEventListener("change", function () {
      chosen(drawings.map(function (svg) { return lookAt(svg, list.value); }), list.value);
    });
    label.appendChild(document.createTextNode("Look at "));
    label.appendChild(list);
    return label;
  };
  // By this the page shows one of its charts alone, for a frame in another page.
  var ALONE = /[?&]chart=(\d+)/;
  var embedding = function (tools, number, heading) {
    var address = location.origin + location.pathname + "?chart=" + (number + 1);
    var code = document.createElement("input");
    code.type = "text";
    code.readOnly = true;
    code.hidden = true;
    code.setAttribute("aria-label", "Code to show this chart on another page");
    code.value = '<iframe src="' + address + '" title="' + heading.replace(/&/g, "&amp;").replace(/"/g, "&quot;") +
      '" width="100%" height="560" loading="lazy"></iframe>';
    tools.appendChild(button("show it on your page", function () { code.hidden = false; code.focus(); code.select(); }));
    tools.appendChild(code);
  };
  var HINT = "Point at the chart, touch it, or choose it and press the arrow keys, to read each figure.";
  var pageName = (location.pathname.match(/([^/]+)\/[^/]*$/) || ["", "chart"])[1];
  var answering = function (figure, number) {
    var drawings = Array.prototype.slice.call(figure.querySelectorAll("svg")).filter(function (svg) { return marksOf(svg).length; });
    if (!drawings.length) { return; }
    var name = pageName + "-chart-" + (number + 1);
    var shown = function () { return drawings.filter(function (svg) { return svg.getClientRects().length; })[0] || drawings[0]; };
    var reading = document.createElement("p"), ring = document.createElement("span"), tools = document.createElement("p");
    reading.className = "reading";
    reading.setAttribute("role", "status");
    reading.textContent = HINT;
    ring.className = "ring";
    ring.hidden = true;
    tools.className = "tools";
    var tell = function (mark) {
      var parts = partsOf(mark), box = figure.getBoundingClientRect(), middle = middleOf(mark);
      reading.textContent = parts[0] + ", " + parts[1] + ": " + parts[2] + (parts[3] ? " (95% limits: " + parts[3] + ")" : "");
      ring.hidden = false;
      ring.style.left = middle.x - box.left + "px";
      ring.style.top = middle.y - box.top + "px";
    };
    var quiet = function () { ring.hidden = true; reading.textContent = HINT; };
    var choices = namesOf(marksOf(drawings[0]));
    var looked = drawings.map(marksOf);
    drawings.forEach(function (svg, which) {
      var at = -1, marks = looked[which];
      var pointed = function (event) { at = marks.indexOf(nearestTo(event.clientX, event.clientY, marks)); tell(marks[at]); };
      svg.addEventListener("looked", function () { marks = looked[which]; at = marks.length - 1; });
      svg.setAttribute("tabindex", "0");
      svg.addEventListener("pointermove", pointed);
      svg.addEventListener("pointerdown", pointed);
      svg.addEventListener("pointerleave", function (event) { if (event.pointerType === "mouse") { quiet(); } });
      svg.addEventListener("focus", function () { if (at < 0) { at = marks.length - 1; } tell(marks[at]); });
      svg.addEventListener("blur", quiet);
      svg.addEventListener("keydown", function (event) {
        var steps = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: marks.length - 1 };
        if (!(event.key in steps)) { return; }
        event.preventDefault();
        at = Math.min(Math.max(steps[event.key], 0), marks.length - 1);
        tell(marks[at]);
      });
    });
    if (choices.length > 1) {
      tools.appendChild(chooser(drawings, choices, function (marksByDrawing, chosen) {
        looked = marksByDrawing;
        drawings.forEach(function (svg) { svg.dispatchEvent(new Event("looked")); });
        var marks = looked[drawings.indexOf(shown())];
        if (chosen === EVERYTHING) { quiet(); } else { tell(marks[marks.length - 1]); }
      }));
    }
    tools.appendChild(document.createTextNode("Save this chart: "));
    tools.appendChild(button("picture (SVG)", function () {
      save(name + ".svg", new Blob([new XMLSerializer().serializeToString(pictureOf(figure, shown()))], { type: "image/svg+xml" }));
    }));
    tools.appendChild(button("picture (PNG)", function () { savePng(name + ".png", pictureOf(figure, shown())); }));
    tools.appendChild(button("table (CSV)", function () { save(name + ".csv", new Blob([tableOf(marksOf(shown()))], { type: "text/csv" })); }));
    var bands = figure.querySelectorAll("svg [fill-opacity]");
    if (bands.length) {
      tools.appendChild(button("Hide the 95% limits", function (pressed) {
        var isHidden = figure.classList.toggle("without-limits");
        pressed.textContent = isHidden ? "Show the 95% limits" : "Hide the 95% limits";
      }));
    }
    if (/^https?:$/.test(location.protocol) && !ALONE.test(location.search)) {
      embedding(tools, number, figure.querySelector("figcaption h3, figcaption h4").textContent);
    }
    figure.querySelector("figcaption").appendChild(reading);
    figure.appendChild(ring);
    figure.appendChild(tools);
  };
  var showAlone = function (figures) {
    var asked = ALONE.exec(location.search), figure = asked && figures[asked[1] - 1];
    if (!figure) { return; }
    var page = document.createElement("p"), link = document.createElement("a");
    link.href = location.pathname;
    link.target = "_blank";
    link.textContent = document.title;
    page.appendChild(document.createTextNode("Source: " + figure.querySelector("figcaption").dataset.source + ". "));
    page.appendChild(link);
    // What a reader must be told of a sample stays, wherever the chart is shown.
    var warning = document.querySelector(".sample");
    document.body.replaceChildren();
    [warning, figure, page].forEach(function (part) { if (part) { document.body.appendChild(part); } });
    document.body.classList.add("alone");
  };
  var figures = document.querySelectorAll("figure.chart");
  showAlone(figures);
  Array.prototype.forEach.call(figures, answering);
})();
