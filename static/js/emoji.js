// Emoji: a grid with a search above it, fetched when somebody first asks; what was used last comes first.
(() => {
  const { $, hear, say } = converge;
  const KEY = "emoji-used", KEPT = 16;
  const GROUPS = {
    Faces: `😀 grinning happy|😃 smiling big eyes|😄 smiling happy eyes|😁 beaming grin teeth|😆 laughing squint|😅 sweat relief phew|😂 tears of joy laugh lol|🤣 rolling laugh rofl|🙂 slight smile|🙃 upside down|😉 wink|😊 blush smile warm|😇 halo angel|🥰 hearts love adore|😍 heart eyes love|🤩 star struck wow|😘 kiss|😋 yummy tasty|😛 tongue|😜 wink tongue joke|🤗 hug|🤭 oops giggle|🤫 quiet secret shush|🤔 thinking hmm|🤐 zipped lips|🤨 raised eyebrow doubt|😐 neutral|😶 no words|😏 smirk|😒 unamused|🙄 eye roll|😬 grimace awkward|😌 relieved|😔 pensive sad|😴 asleep tired|😷 mask ill|🤒 ill fever|🤕 hurt bandage|🤯 mind blown|🥳 party celebrate|😎 cool sunglasses|🤓 nerd glasses|😕 confused|😟 worried|🙁 frown|😮 surprised oh|😲 astonished|😳 flushed|🥺 pleading please|😢 crying sad|😭 sobbing|😱 scream fear|😓 downcast sweat|😩 weary|😤 huff steam|😡 angry|😠 cross annoyed|💩 poo|👻 ghost|🤖 robot bot`,
    "Hands and people": `👍 thumbs up yes good|👎 thumbs down no bad|👌 ok perfect|✌️ victory peace|🤞 fingers crossed luck|🤟 love you|🤙 call me|👈 point left|👉 point right|👆 point up|👇 point down|☝️ one index up|👋 wave hello bye|✋ stop hand|🙌 hooray raised hands|👏 clap applause|🤝 handshake deal|🙏 thanks please pray|💪 strong muscle|✍️ writing|🤷 shrug don't know|🤦 facepalm|🙋 raising hand question|🙇 bow sorry|💁 information help|👀 eyes look|🧠 brain idea|👤 person|👥 people team|👶 baby|👩 woman|👨 man|👪 family|🧑‍💻 computer work|🧑‍🔧 mechanic repair|🧑‍🍳 cook chef|🚶 walking|🏃 running`,
    "Hearts and signs": `❤️ red heart love|🧡 orange heart|💛 yellow heart|💚 green heart|💙 blue heart|💜 purple heart|🖤 black heart|🤍 white heart|💔 broken heart|💕 two hearts|💯 hundred perfect|✅ done check yes|☑️ checked box|✔️ tick|❌ no cross wrong|❎ cross box|⚠️ warning careful|⛔ no entry|🚫 forbidden|❓ question|❗ exclamation important|‼️ very important|💤 sleep zzz|💬 speech message|💭 thought|🔔 bell reminder|🔕 bell off silent|⭐ star|🌟 glowing star|✨ sparkles new|🔥 fire hot|💥 boom|🎉 party congratulations|🎊 confetti|➕ plus|➖ minus|➡️ right arrow|⬅️ left arrow|⬆️ up arrow|⬇️ down arrow|🔄 again refresh|🆗 ok button|🆕 new|🆓 free|🔴 red circle|🟡 yellow circle|🟢 green circle|🔵 blue circle`,
    "Animals and nature": `🐶 dog|🐱 cat|🐭 mouse|🐰 rabbit|🦊 fox|🐻 bear|🐼 panda|🦁 lion|🐮 cow|🐷 pig|🐸 frog|🐵 monkey|🐔 chicken|🐦 bird|🦄 unicorn|🐝 bee|🦋 butterfly|🐢 turtle|🐟 fish|🌱 seedling plant|🌳 tree|🌵 cactus|🍀 clover luck|🌹 rose|🌸 blossom|🌻 sunflower|💐 bouquet flowers|🍁 autumn leaf|☀️ sun sunny|⛅ cloud sun|🌧️ rain|❄️ snow cold|🌈 rainbow|🌙 moon night|💧 drop water|🌊 wave sea|🌍 world earth`,
    "Food and drink": `☕ coffee hot drink|🍵 tea|🥤 cup drink|🍺 beer|🍷 wine|🥂 cheers toast|🍾 bottle celebrate|🍞 bread|🥐 croissant|🧀 cheese|🍳 egg breakfast|🥗 salad|🍕 pizza|🍔 burger|🍟 fries|🌮 taco|🍝 pasta|🍜 noodles soup|🍣 sushi|🍚 rice|🍎 apple|🍌 banana|🍓 strawberry|🍋 lemon|🥑 avocado|🍰 cake slice|🎂 birthday cake|🍪 biscuit cookie|🍫 chocolate|🍦 ice cream`,
    Things: `📦 parcel package box|🎁 gift present|🛒 trolley cart shopping|🛍️ shopping bags|💳 card payment|💰 money bag|💶 euro money|💷 pound money|💵 dollar money|🧾 receipt bill|🏷️ label price|📅 calendar date|⏰ alarm clock|⏳ hourglass waiting|⌚ watch time|📞 telephone call|📱 mobile phone|💻 laptop computer|🖨️ printer|📷 camera photo|🎥 film video|🎧 headphones|🎵 music note|📧 e-mail|✉️ envelope letter|📝 note write|📄 page document|📎 paperclip attachment|📌 pin|📍 place location|🔗 link|🔍 search magnifier|🔑 key|🔒 locked|🔓 unlocked|🔧 spanner repair|🔨 hammer|⚙️ gear settings|🔋 battery|🔌 plug power|💡 lamp light idea|🕯️ candle|🧹 broom clean|🛏️ bed|🪑 chair|🚪 door|👕 shirt clothes|👗 dress|👟 shoe|👜 bag|💍 ring|💊 medicine pill|🩹 plaster|📚 books|🎓 graduation|🏆 trophy winner|🥇 first medal|⚽ football|🎾 tennis|🎮 game|🎨 art paint`,
    "Places and travel": `🏠 house home|🏢 office building|🏪 shop store|🏥 hospital|🏦 bank|🏨 hotel|🏫 school|🏭 factory|⛪ church|🕌 mosque|🚗 car|🚕 taxi|🚌 bus|🚚 delivery lorry truck|🚲 bicycle bike|🏍️ motorcycle|🚆 train|🚇 underground metro|✈️ plane flight|🚀 rocket launch|🚢 ship|⛽ fuel|🚦 traffic lights|🅿️ parking|🗺️ map|🧭 compass|🏖️ beach holiday|⛰️ mountain|🌃 city night|🏁 finish flag`,
  };
  // A text it is typed into, or a button that is pressed with it.
  let field = null, picked = null;

  const used = () => { try { return JSON.parse(localStorage.getItem(KEY)) || []; } catch { return []; } };
  const keep = (emoji) => { try { localStorage.setItem(KEY, JSON.stringify([emoji, ...used().filter((e) => e !== emoji)].slice(0, KEPT))); } catch { /* storage may be off */ } };
  const make = (tag, fields, ...children) => {
    const el = Object.assign(document.createElement(tag), fields);
    el.append(...children);
    return el;
  };

  // [emoji, its words], by group.
  const all = Object.entries(GROUPS).map(([name, text]) => [name, text.split("|").map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)])]);
  const words = Object.fromEntries(all.flatMap(([, list]) => list));
  const option = ([emoji, said]) => {
    const el = make("span", { className: "emoji__one", role: "option", ariaSelected: "false", ariaLabel: said, title: said, textContent: emoji });
    el.dataset.emoji = emoji;
    return el;
  };
  const group = ([name, list]) => make("div", { className: "emoji__group", role: "group", ariaLabel: name }, make("h3", { className: "small", ariaHidden: "true", textContent: name }), ...list.map(option));

  const picker = make("div", { id: "emoji", className: "popover emoji", popover: "auto", role: "dialog", ariaLabel: "Emoji" });
  const search = make("input", { className: "input", type: "search", placeholder: "Search emoji", role: "combobox", ariaLabel: "Search emoji", ariaExpanded: "true", autocomplete: "off" });
  const list = make("div", { id: "emoji-list", className: "emoji__list", role: "listbox", ariaLabel: "Emoji" });
  search.setAttribute("aria-controls", "emoji-list");
  search.setAttribute("aria-autocomplete", "list");
  picker.append(search, list);

  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");
  const choose = (el) => {
    const old = chosen();
    if (old) { old.ariaSelected = "false"; old.id = ""; }
    if (!el) return search.removeAttribute("aria-activedescendant");
    el.ariaSelected = "true";
    el.id = "emoji-chosen";
    search.setAttribute("aria-activedescendant", el.id);
    el.scrollIntoView({ block: "nearest" });
  };
  const draw = () => {
    const wanted = search.value.trim().toLowerCase().split(/\s+/);
    const recent = search.value ? [] : [["Used last", used().filter((e) => words[e]).map((e) => [e, words[e]])]];
    const fits = (said) => wanted.every((word) => (" " + said).includes(" " + word));
    const groups = [...recent, ...all.map(([name, found]) => [name, found.filter(([, said]) => fits(said))])].filter(([, found]) => found.length);
    list.replaceChildren(...groups.map(group));
    choose(options()[0]);
    if (!groups.length) list.append(make("p", { className: "small", textContent: "No emoji of this name. Your keyboard may know more." }));
    if (search.value) say(options().length ? `${options().length} found, first: ${chosen().ariaLabel}` : "No emoji of this name");
  };
  // The nearest one in the row above or below, by where it stands on the screen.
  const beside = (step) => {
    const from = chosen().getBoundingClientRect(), middle = from.left + from.width / 2;
    const rows = options().map((el) => [el, el.getBoundingClientRect()]).filter(([, box]) => step > 0 ? box.top > from.top + 2 : box.top < from.top - 2);
    const row = step > 0 ? Math.min(...rows.map(([, box]) => box.top)) : Math.max(...rows.map(([, box]) => box.top));
    const off = ([, box]) => Math.abs(box.left + box.width / 2 - middle);
    return rows.filter(([, box]) => Math.abs(box.top - row) < 2).sort((a, b) => off(a) - off(b))[0]?.[0];
  };
  // As if typed, so that the browser's own undo takes it back.
  const insert = (el) => {
    const { emoji } = el.dataset;
    keep(emoji);
    picker.hidePopover();
    if (picked) { picked.value = emoji; return picked.form.requestSubmit(picked); }
    field.focus();
    if (!document.execCommand("insertText", false, emoji)) field.setRangeText(emoji, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  search.addEventListener("input", draw);
  search.addEventListener("keydown", (e) => {
    // Never the form around it: that would send something.
    if (e.key === "Enter" && !e.isComposing) e.preventDefault();
    if (e.isComposing || !chosen()) return;
    const every = options(), at = every.indexOf(chosen());
    const act = { ArrowRight: () => choose(every[(at + 1) % every.length]), ArrowLeft: () => choose(every.at(at - 1)),
      ArrowDown: () => choose(beside(1) || chosen()), ArrowUp: () => choose(beside(-1) || chosen()), Enter: () => insert(chosen()) }[e.key];
    if (!act) return;
    e.preventDefault();
    act();
  });
  list.addEventListener("mousedown", (e) => e.preventDefault());
  list.addEventListener("click", (e) => { const el = e.target.closest("[role=option]"); if (el) insert(el); });

  hear("use", (button) => {
    if (!button.matches?.("[data-emoji-picker]")) return;
    const form = button.closest("form");
    picked = form.querySelector("[data-picked]");
    field = form.querySelector("textarea") || button;
    form.append(picker);
    search.value = "";
    picker.showPopover({ source: button });
    draw();
    search.focus();
  });
  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape" && e.target === search) { e.stopPropagation(); picker.hidePopover(); field.focus(); e.preventDefault(); }
  }, true);
})();
