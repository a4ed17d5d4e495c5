// Made with 'openssl pkcs12 -export -legacy', which not every machine can do any more: a certificate for
// old.contoso.test and *.old.contoso.test, valid for a hundred years, its issuer and its key. Password: Contoso1.

/** As Windows wrote it for twenty years: certificates under RC2 with 40 bits, key under 3DES. */
export const rc2Of40Bits = Buffer.from(
  'MIIE8gIBAzCCBLgGCSqGSIb3DQEHAaCCBKkEggSlMIIEoTCCA5cGCSqGSIb3DQEHBqCCA4gwggOEAgEAMIIDfQYJKoZI' +
    'hvcNAQcBMBwGCiqGSIb3DQEMAQYwDgQIdgzOf7ThTycCAggAgIIDUBXaKTlFELrN2moRuaSnFR5gI6xgkShW54V/081Q' +
    'nUTGNfIosbYBXxfdlNVpcc+NOAnuf78Sw4oGgbL04EEtGC9kArnwN7Ujj0wo3Z1hk/nHdvwkBWL8tXAKW8nrm5ek+gr4' +
    'F9vj9egIMuv+NStp8FsH8cWdGyoZBwJNCQJElXNXLlbHhkaGZ+vdDE/vbCYRgx7Did+R3UhXcIIwjun+SwehrMZ1oR8z' +
    'xF6UvOATo36ebGh9itc7OCd7wWWPBRlZjwWCnVy+6dkVC52scbip0wE3ZRoCyMTWO3nY9lDPw0oEAqgKfEMCCjCjIOPb' +
    'JZed+HFbCROqPlooQh/EyYVvs+Ngh0El+lxmzkQWb54GWYXRhyhmvF+YmWJKLVWG9KKM5R32lmtBqD1s6rsPIabsoeFZ' +
    '/F1fV3f6jLpt9OQK6hu0deEOc1TEsztIPlLrVnYIojeAuetWlplU64utLE1qB0ed61m+UpmLu8jC+4Dz0F7bQTgSVxwm' +
    'm+ZGd5qjWN0hRgBm1edFBJnD90sID0n4v9B/XedPIIJHA8XpqRHkTNrsws/YsLfn7raTNA5jKMpjFIBxUaHwMSNT6nNB' +
    'zfjKtbBtEiFrh4+PRrZhDeI4ICR+ZH6T+lD23pj82FlMWVL7vTPhv0Dt7bOJU4KxYsAAnzuV2PQzNRzqBUIVd4gN8HnO' +
    'n9jvdJXXRxdeESJqvP7+EalV9CTdA5mlGCqKYKv/Cgd0reQoRI3LQ75bCGq8WcpAx9HFbsXW3TeZx6QGsTTez69YXDJO' +
    'tR2xeSSLlr/2niush5L2EJRcTi5XaLVsXJ1D+yzzDGllxUH+JAQ8VWqfQG9SNU/wZPRyfy36Su12QT94EXYAGctMzHRM' +
    'L5TxOfTHO+NKLSWwRyX8LYzYRoNY6M3OiaMArDLl9uN08T8ycCnEZhB5fTaFOgXqtEF/rB7PRqjZ3wItkSz0Wfu9IeLA' +
    'LdUAib7QaSw4DyI5YdrwYeycGX/k20i6vNS7mjjwblKwxdVVkcfgEFv63WwIPhQ4JjYlxYy0tXgL9A8hHAHgicfy8wSL' +
    'Jqx8PiR4HyOUBthK8Cak0ohl1SYuEey2+n3wRVq+SJx+EmiUMHfnMrCWi5vZqi4K14h03YsCKt897lpUMIIBAgYJKoZI' +
    'hvcNAQcBoIH0BIHxMIHuMIHrBgsqhkiG9w0BDAoBAqCBtDCBsTAcBgoqhkiG9w0BDAEDMA4ECADzqLuE1TD6AgIIAASB' +
    'kChQetOfx45FFH3nylKw2UNrMBqi2PM4U+P60ssmHOSu5t3gifj8XhnYAi0pjmRNmluchRuRsPg5zsglXhe406RCDFQT' +
    'eDR6birzw4OjUXaCL4GdAy0ZO63e7Nz+KT5pTkcWnWAqNYfhFBiJJZtHMpzFLqIlCXqJniTtxoGLuqfCcY6JZD09ukiY' +
    'fVhaBMTtBzElMCMGCSqGSIb3DQEJFTEWBBSlLwMn0vBElEic0LGFAvJHRficzTAxMCEwCQYFKw4DAhoFAAQUlYMl4Tpk' +
    'u9rvkheyCzQhK89Xr1wECEfMeYe3XXNhAgIIAA==',
  'base64',
)

/** Certificates under RC2 with 128 bits, key under 3DES with two keys. */
export const rc2Of128Bits = Buffer.from(
  'MIIE8gIBAzCCBLgGCSqGSIb3DQEHAaCCBKkEggSlMIIEoTCCA5cGCSqGSIb3DQEHBqCCA4gwggOEAgEAMIIDfQYJKoZI' +
    'hvcNAQcBMBwGCiqGSIb3DQEMAQUwDgQIFxrd1OI2c1QCAggAgIIDUAsebuggLLasZhiZCR9xX1Nu+oHzSQwX/dtrBgVl' +
    'q2jset+Ds/3Or1yo5hhF4DEotEAREivwcbQNvLjJCnbqhsua9TPNmmtymbBwYQQ3HqX5ohFg6OifQqTlQ6aZc5WCgS2l' +
    '+tCpv3RRJ8eThbPuYgIZTNeXXsjmhelyHUOlgRs68Rzy5Ooc+L9MfmvKwbCeGiOKKQMaOPCGpMdmTq97CFryD2ZE9v6e' +
    'hd4+8KMeaYw6EnF/nTQ55xSCY6NAkjLjYOOZyHx8yZzVe2/NX7XNkar61XKFWtkQlauxmH2QMVfuLiuJ5gXxXZ8XfcH0' +
    'cdDk8ixTa3TEd6qXBHhiYwfm/ihP3WY9XMymVYT9nitt1NhaBXdoVv3scI4iFIXqPZ2dxsIGTEW2gwXnCm74l8ynLIAt' +
    'BMRLzHMpnjL84MoLYyNPk4+P1oqa6hsU325IO3C3tmLmGZJ1z/GLQIAe30re382vocq3DoPiOecJA0BTqaltb6i/7OZa' +
    'gbLtlrLkk5ORCREx7NUQ/S7NXdDRpzOIP5ITz8CBJgtYGTjZASJKUre+KGipX9ZuGUKwp906URYCooiKGOcumvkb4V9Z' +
    'lKyOZ4TIjjGiMRILyYYEx8EoWaBKg4rafqO6lKxKa5OEtI6q2BuJ+PMoSX0K3ZvPi2Qxpz6FblPnORE4psIdelvnvZLO' +
    'd5QlQE3pbzOzhBAJon1StLEpIrGN/FsmOMUuEBvvr1tulPR0gz7LbR02VSaMpMYw48xNoT5l+4aDEO4dwXEb45l+ylQX' +
    'CUIJ/h3b9JDOtoqDnqUJlVNxD2XPFLMI/drwIA0r+4eh6h0ta2Zfe8EoFfZ14NPc9eSg8Yzrf8QTNDDyHsqeRkSy4jKC' +
    '9UqiPW/m296YBhrFWN2YSUT2jS+yF62we7Vcu3G3OQUxi1f0lw8gxBqaLHyW97MX557k19stcqpvN+7AinbEKBPWSO8K' +
    'r8USg3aOWLgTtKCmwiIHvtjHh1rV0/wzgXdAghI+0XSGscWQGGKef4GBHDqG6rzpOfy+PtcbmRC0oQAoaDDg34pSR3tT' +
    'WScPzu/lev/ln7gKGAWLSft+WyEBjzuyZVyJPtA2NvEaVGZY2p93JTcr9ESWXOssOS59belgocCgT6hyMIIBAgYJKoZI' +
    'hvcNAQcBoIH0BIHxMIHuMIHrBgsqhkiG9w0BDAoBAqCBtDCBsTAcBgoqhkiG9w0BDAEEMA4ECJSyp1S2GF9OAgIIAASB' +
    'kCwqOhMki3eQs2S4DqBVl2lZ5Mglw1JXHvLGe0Wbx8rEhLAMy2c1BvpbuKNDcfoYrAmvu4Az2CBBCSpkweIGIV0ohaMP' +
    'v0bv7D0e6xeumXrI1FwSx7hYCFh1UornMQtcSY2GtUDIMBrWOyx7edTU8ynTkAfLpkUYOkzUBza8JPTekUMYP58yNhpv' +
    '8x8s2qTDBzElMCMGCSqGSIb3DQEJFTEWBBSlLwMn0vBElEic0LGFAvJHRficzTAxMCEwCQYFKw4DAhoFAAQU+0eNhDSr' +
    'mXQILJ9uKhC8sEPSQysECInLTo5D52iKAgIIAA==',
  'base64',
)
