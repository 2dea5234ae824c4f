// What the cluster does now, as this browser sees it through Nginx. No state is kept anywhere but in this page.
import { Cluster } from './cluster.js';
import { Control } from './control.js';
import { Reads } from './reads.js';
import { Sale } from './sale.js';

const cluster = new Cluster();
const control = new Control(cluster);
const reads = new Reads(cluster);
const sale = new Sale(cluster, control);

cluster.start();
control.start();
reads.start();
sale.start();

setInterval(() => {
  cluster.draw(control);
  reads.draw();
  sale.draw();
}, 250);
