const bodyDe =
  '(?:it|edv|it-(?:support|abteilung|sicherheit)|revision|personalabteilung|rechtsabteilung|' +
  'sicherheitsabteilung|geschäftsführung|compliance|polizei|buchhaltung)';
const manDe =
  '(?:(?:system)?administrator(?:in)?|admin|geschäftsführer(?:in)?|vorstand|revisor|' +
  'datenschutzbeauftragter?|sicherheitsbeauftragter?)';
const bodyFr =
  '(?:(?:service|équipe) (?:informatique|de sécurité|juridique|conformité)|(?:la )?police|' +
  'la direction|support informatique)';
const manFr =
  '(?:administrateur|directeur(?: général)?|pdg|responsable (?:informatique|sécurité)|auditeur)';
const bodyEs =
  '(?:(?:departamento|equipo) de (?:ti|sistemas|seguridad|finanzas|recursos humanos|' +
  'cumplimiento)|la policía|soporte técnico|auditoría)';
const manEs =
  '(?:administrador(?:a)?|director(?:a)?(?: general| financiero| financiera)?|auditor(?:a)?)';

/** Basic claims in German, French and Spanish, as sources of regular expressions. */
export const FOREIGN: readonly string[] = [
  `ich bin (?:hier )?(?:vom|von der|aus der) ${bodyDe}(?![a-zäöü])`,
  `(?:ich bin|hier (?:ist|spricht)) (?:der|die|ihr|euer|ihre) ${manDe}`,
  `ich bin ${manDe}[.,:!]? (?:und )?(?:ich )?(?:bitte )?(?:geb|gib|gewähr|überweis|lösch|zeig|` +
    'brauch|benötig|verlang|fordere|setz|schalt|öffne)',
  `(?:wir sind|hier (?:ist|spricht)) (?:die|ihre|eure) ${bodyDe}(?![a-zäöü])`,
  `als (?:ihr )?${manDe} (?:weise|fordere|ordne|befehle|verlange) ich`,
  '(?:ihr|dein|euer) (?:chef|vorgesetzter|manager|geschäftsführer) hat (?:das |dies |es )?' +
    '(?:bereits |schon )?(?:genehmigt|freigegeben|erlaubt|autorisiert)',
  'im auftrag (?:der|des) (?:geschäftsführung|vorstands?|personalabteilung|it|revision|' +
    'rechtsabteilung)(?![a-zäöü])',
  `je suis (?:du |de la |de l')?${bodyFr}`,
  `je suis (?:le |la |l'|votre )${manFr}`,
  `(?:^|[.!?] ?)ici (?:le |la |l')${bodyFr}`,
  `en tant qu(?:e |')${manFr},? je (?:vous|t')`,
  `votre (?:responsable|directeur|patron|chef) a (?:déjà )?(?:approuvé|autorisé|validé)`,
  `(?:^|[^a-z])soy (?:el |la |su )?${manEs}(?: del? (?:sistema|empresa|la empresa)|,)`,
  `(?:somos|soy|(?:le )?(?:hablo|escribo|llamo)) del? ${bodyEs}`,
  `(?:le )?habla (?:el |la )${manEs}`,
  '(?:su|tu) (?:jefe|director|gerente|responsable) (?:ya )?(?:lo |la )?(?:ha )?' +
    '(?:aprobó|aprobado|autorizó|autorizado)',
];
