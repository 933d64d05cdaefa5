import { isCountryCode } from './numbering-plans.js';

/**
 * Codes that mean the same country as an ISO 3166-1 alpha-2 code: UK and EL, which ISO 3166 reserves for it and the
 * European Union writes, and the alpha-3 codes. Only countries with phone numbers are in it.
 */
// prettier-ignore
const ALPHA_3 =
  'AC:ASC AD:AND AE:ARE AF:AFG AG:ATG AI:AIA AL:ALB AM:ARM AO:AGO AR:ARG AS:ASM AT:AUT AU:AUS AW:ABW AX:ALA AZ:AZE ' +
  'BA:BIH BB:BRB BD:BGD BE:BEL BF:BFA BG:BGR BH:BHR BI:BDI BJ:BEN BL:BLM BM:BMU BN:BRN BO:BOL BQ:BES BR:BRA BS:BHS ' +
  'BT:BTN BW:BWA BY:BLR BZ:BLZ CA:CAN CC:CCK CD:COD CF:CAF CG:COG CH:CHE CI:CIV CK:COK CL:CHL CM:CMR CN:CHN CO:COL ' +
  'CR:CRI CU:CUB CV:CPV CW:CUW CX:CXR CY:CYP CZ:CZE DE:DEU DJ:DJI DK:DNK DM:DMA DO:DOM DZ:DZA EC:ECU EE:EST EG:EGY ' +
  'EH:ESH ER:ERI ES:ESP ET:ETH FI:FIN FJ:FJI FK:FLK FM:FSM FO:FRO FR:FRA GA:GAB GB:GBR GD:GRD GE:GEO GF:GUF GG:GGY ' +
  'GH:GHA GI:GIB GL:GRL GM:GMB GN:GIN GP:GLP GQ:GNQ GR:GRC GT:GTM GU:GUM GW:GNB GY:GUY HK:HKG HN:HND HR:HRV HT:HTI ' +
  'HU:HUN ID:IDN IE:IRL IL:ISR IM:IMN IN:IND IO:IOT IQ:IRQ IR:IRN IS:ISL IT:ITA JE:JEY JM:JAM JO:JOR JP:JPN KE:KEN ' +
  'KG:KGZ KH:KHM KI:KIR KM:COM KN:KNA KP:PRK KR:KOR KW:KWT KY:CYM KZ:KAZ LA:LAO LB:LBN LC:LCA LI:LIE LK:LKA LR:LBR ' +
  'LS:LSO LT:LTU LU:LUX LV:LVA LY:LBY MA:MAR MC:MCO MD:MDA ME:MNE MF:MAF MG:MDG MH:MHL MK:MKD ML:MLI MM:MMR MN:MNG ' +
  'MO:MAC MP:MNP MQ:MTQ MR:MRT MS:MSR MT:MLT MU:MUS MV:MDV MW:MWI MX:MEX MY:MYS MZ:MOZ NA:NAM NC:NCL NE:NER NF:NFK ' +
  'NG:NGA NI:NIC NL:NLD NO:NOR NP:NPL NR:NRU NU:NIU NZ:NZL OM:OMN PA:PAN PE:PER PF:PYF PG:PNG PH:PHL PK:PAK PL:POL ' +
  'PM:SPM PR:PRI PS:PSE PT:PRT PW:PLW PY:PRY QA:QAT RE:REU RO:ROU RS:SRB RU:RUS RW:RWA SA:SAU SB:SLB SC:SYC SD:SDN ' +
  'SE:SWE SG:SGP SH:SHN SI:SVN SJ:SJM SK:SVK SL:SLE SM:SMR SN:SEN SO:SOM SR:SUR SS:SSD ST:STP SV:SLV SX:SXM SY:SYR ' +
  'SZ:SWZ TA:TAA TC:TCA TD:TCD TG:TGO TH:THA TJ:TJK TK:TKL TL:TLS TM:TKM TN:TUN TO:TON TR:TUR TT:TTO TV:TUV TW:TWN ' +
  'TZ:TZA UA:UKR UG:UGA US:USA UY:URY UZ:UZB VA:VAT VC:VCT VE:VEN VG:VGB VI:VIR VN:VNM VU:VUT WF:WLF WS:WSM XK:XKX ' +
  'YE:YEM YT:MYT ZA:ZAF ZM:ZMB ZW:ZWE';

const aliases = new Map<string, string>([
  ['UK', 'GB'],
  ['EL', 'GR'],
  ...ALPHA_3.split(' ').map((pair): [string, string] => [pair.slice(3), pair.slice(0, 2)]),
]);

/** English names that the list of Unicode has in another form, and that are of one country alone. */
const OTHER_NAMES: Record<string, string> = {
  'united states of america': 'US',
  'great britain': 'GB',
  'united kingdom of great britain and northern ireland': 'GB',
  'the netherlands': 'NL',
  'czech republic': 'CZ',
  'russian federation': 'RU',
  'south korea': 'KR',
  'republic of korea': 'KR',
  'hong kong': 'HK',
  macao: 'MO',
  macau: 'MO',
  'vatican city state': 'VA',
  'viet nam': 'VN',
  turkey: 'TR',
};

/**
 * The ISO 3166-1 alpha-2 code of a country that has phone numbers: by that code itself, or by another one of the same
 * meaning, as UK, EL, USA and GBR are. Null for anything else.
 */
export function countryCodeOf(text: string): string | null {
  if (isCountryCode(text)) return text;
  return aliases.get(text) ?? null;
}

let codesOfNames: ReadonlyMap<string, string> | undefined;

/** The code of a country by its English name, in any case; null when it is none. */
export function countryCodeOfName(name: string): string | null {
  codesOfNames ??= englishNames();
  return codesOfNames.get(name.trim().toLowerCase()) ?? null;
}

function englishNames(): Map<string, string> {
  const names = new Intl.DisplayNames(['en'], { type: 'region' });
  const codes = ALPHA_3.split(' ').map((pair) => pair.slice(0, 2));
  return new Map([
    ...codes.map((code): [string, string] => [(names.of(code) ?? code).toLowerCase(), code]),
    ...Object.entries(OTHER_NAMES),
  ]);
}
