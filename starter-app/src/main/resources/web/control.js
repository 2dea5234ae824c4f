// The buttons that break things. They talk to the port of ./starter-app/run, whose number and secret stand behind the # of the address
// that it prints: what is there is sent to no server.
const ASK_EVERY = 1000;
const ACTIONS = { kill: 'Kill', pause: 'Pause', resume: 'Resume', start: 'Start', restart: 'Restart' };
const POSSIBLE = { running: ['kill', 'pause', 'restart'], paused: ['kill', 'resume'], stopped: ['start'] };

export class Control {
  constructor(cluster) {
    this.cluster = cluster;
    this.states = new Map();
    const [, port, token] = location.hash.match(/^#control=(\d+)\.([\w-]+)$/) ?? [];
    this.address = port ? `http://127.0.0.1:${port}` : null;
    this.token = token;
  }

  get there() {
    return this.address !== null;
  }

  start() {
    if (!this.there) {
      return;
    }
    document.getElementById('how-to-control').hidden = true;
    document.getElementById('redis-control').hidden = false;
    document.getElementById('restock').hidden = false;
    for (const id of ['cut', 'restore']) {
      document.getElementById(`${id}-redis`).addEventListener('click', () => this.post(`/redis/${id}`));
    }
    document.getElementById('restock').addEventListener('click', () => this.post('/sale'));
    setInterval(() => this.ask(), ASK_EVERY);
    this.ask();
  }

  async ask() {
    const response = await this.send('/instances', 'GET');
    if (response?.ok) {
      for (const instance of await response.json()) {
        this.states.set(instance.id, instance);
        if (!this.cluster.instances.has(instance.id)) {
          this.cluster.instances.set(instance.id, { name: instance.id, status: null, heard: -Infinity });
        }
      }
    }
  }

  stateOf(name) {
    return this.states.get(name)?.state;
  }

  buttons(name) {
    const row = document.createElement('div');
    row.className = 'buttons';
    row.hidden = !this.there;
    for (const [action, label] of Object.entries(ACTIONS)) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = label;
      button.dataset.action = action;
      button.setAttribute('aria-label', `${label} ${name}`);
      button.addEventListener('click', () => this.post(`/instances/${this.states.get(name)?.number}/${action}`));
      row.append(button);
    }
    return row;
  }

  enable(item, instance) {
    const possible = POSSIBLE[this.stateOf(instance.name)] ?? [];
    item.querySelectorAll('button').forEach(button => {
      const wanted = !possible.includes(button.dataset.action);
      if (button.disabled !== wanted) {
        button.disabled = wanted;
      }
    });
  }

  async post(path) {
    await this.send(path, 'POST');
    await this.ask();
  }

  async send(path, method) {
    try {
      return await fetch(this.address + path, { method, headers: { Authorization: `Bearer ${this.token}` } });
    } catch {
      return null;
    }
  }
}
