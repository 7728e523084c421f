import { render } from "preact";
import { Client } from "./client.ts";
import { loadAllTexts, showLanguage } from "./platform/language.ts";
import "./styles/app.css";
import { Root } from "./ui/root.tsx";

const client = new Client();
await Promise.all([showLanguage(), client.start()]);
const place = document.getElementById("app");
if (place !== null) render(<Root client={client} />, place);
// Whatever is said next, a refusal for one, does not wait for its words. Where they cannot be had now, who needs them asks again.
await loadAllTexts().catch(() => undefined);
