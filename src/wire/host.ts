const HOST = /^[\w.:[\]-]{1,255}$/;

/** A Host header with its port as pages and answers may repeat it; one that no host can bear becomes `localhost`. */
export const safeHost = (host: string): string => (host === '' || HOST.test(host) ? host : 'localhost');
