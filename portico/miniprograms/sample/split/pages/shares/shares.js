miniapp.on("ready", function () {
  "use strict";

  var MOST_PEOPLE = 50;
  var list = document.getElementById("people");
  var result = document.getElementById("result");
  var add = document.getElementById("add");
  var percent = /^\d{1,2}$/.test(miniapp.query.tip) ? Number(miniapp.query.tip) : 0;

  function field(person, name) {
    return person.querySelector("[data-field=" + name + "]");
  }

  function nameOf(person, index) {
    return field(person, "name").value.trim() || miniapp.text("shares.person", { number: index + 1 });
  }

  function addPerson() {
    var person = document.getElementById("person").content.firstElementChild.cloneNode(true);
    field(person, "name-label").textContent = miniapp.text("shares.name");
    field(person, "amount-label").textContent = miniapp.text("shares.amount");
    field(person, "remove").addEventListener("click", function () {
      var next = person.nextElementSibling || person.previousElementSibling;
      person.remove();
      draw();
      field(next, "name").focus();
    });
    person.addEventListener("input", draw);
    list.append(person);
    draw();
    return person;
  }

  function draw() {
    var persons = Array.from(list.children);
    var amounts = persons.map(function (person) {
      var amount = field(person, "amount");
      var cents = split.centsOf(amount.value);
      var isWrong = cents === null && amount.value.trim() !== "";
      var message = isWrong ? miniapp.text("index.amount.wrong") : "";
      split.say(amount, message, person.querySelector(".wrong"));
      return cents || 0;
    });
    var bill = amounts.reduce(function (sum, one) {
      return sum + one;
    }, 0);
    var shares = split.share(bill + split.tipOn(bill, percent), amounts);
    result.replaceChildren();
    persons.forEach(function (person, index) {
      var remove = field(person, "remove");
      remove.textContent = miniapp.text("shares.remove", { name: nameOf(person, index) });
      remove.hidden = persons.length <= 2;
      row(nameOf(person, index), split.money(shares[index]));
    });
    row(miniapp.text("index.total"), split.money(bill + split.tipOn(bill, percent)));
    add.disabled = persons.length >= MOST_PEOPLE;
  }

  function row(term, value) {
    var name = document.createElement("dt");
    var sum = document.createElement("dd");
    name.textContent = term;
    sum.textContent = value;
    result.append(name, sum);
  }

  document.getElementById("tip-note").textContent = miniapp.text("shares.tip", { percent: percent });
  document.getElementById("back").addEventListener("click", miniapp.back);
  add.addEventListener("click", function () {
    field(addPerson(), "name").focus();
  });
  addPerson();
  addPerson();
});
