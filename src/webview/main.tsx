import { render } from "preact";
import { start } from "./host.js";
import { Shell } from "./Shell.js";

render(<Shell />, document.getElementById("app")!);
start();
