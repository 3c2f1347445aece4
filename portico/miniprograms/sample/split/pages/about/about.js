miniapp.on("ready", function () {
  document.getElementById("back").addEventListener("click", miniapp.back);
});
