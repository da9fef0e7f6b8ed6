"""The templates of the little world: one of every kind Meta knows."""


def body(text: str, *examples: str, **named: str) -> dict:
    component: dict = {"type": "BODY", "text": text}
    if examples:
        component["example"] = {"body_text": [list(examples)]}
    if named:
        component["example"] = {
            "body_text_named_params": [
                {"param_name": name, "example": value} for name, value in named.items()
            ]
        }
    return component


def header(text: str, *examples: str, **named: str) -> dict:
    component: dict = {"type": "HEADER", "format": "TEXT", "text": text}
    if examples:
        component["example"] = {"header_text": list(examples)}
    if named:
        component["example"] = {
            "header_text_named_params": [
                {"param_name": name, "example": value} for name, value in named.items()
            ]
        }
    return component


def media_header(kind: str) -> dict:
    component: dict = {"type": "HEADER", "format": kind}
    if kind != "LOCATION":
        handle = f"https://scontent.example.invalid/sample-{kind.lower()}"
        component["example"] = {"header_handle": [handle]}
    return component


def footer(text: str) -> dict:
    return {"type": "FOOTER", "text": text}


def buttons(*items: dict) -> dict:
    return {"type": "BUTTONS", "buttons": list(items)}


def quick(text: str) -> dict:
    return {"type": "QUICK_REPLY", "text": text}


def link(text: str, url: str, *examples: str) -> dict:
    button: dict = {"type": "URL", "text": text, "url": url}
    if examples:
        button["example"] = list(examples)
    return button


DEFINITIONS: list[dict] = [
    {
        "name": "hello_world",
        "language": "en_US",
        "category": "UTILITY",
        "components": [
            header("Hello World"),
            body("Welcome! This message shows that your number can send templates."),
            footer("Northwind Supply"),
        ],
    },
    {
        "name": "order_confirmed",
        "language": "en",
        "category": "UTILITY",
        "components": [
            header("Order {{1}}", "NW-20418"),
            body(
                "Thanks {{1}}, we have your order. It leaves our warehouse on {{2}}.",
                "Amelia",
                "Tuesday",
            ),
            footer("Northwind Supply"),
            buttons(
                link(
                    "Track order",
                    "https://northwind.example/orders/{{1}}",
                    "https://northwind.example/orders/20418",
                ),
                quick("Change address"),
            ),
        ],
    },
    {
        "name": "order_confirmed",
        "language": "de",
        "category": "UTILITY",
        "components": [
            header("Bestellung {{1}}", "NW-20418"),
            body(
                "Danke {{1}}, deine Bestellung ist da. Sie verlässt unser Lager am {{2}}.",
                "Lukas",
                "Dienstag",
            ),
            footer("Northwind Supply"),
            buttons(
                link(
                    "Verfolgen",
                    "https://northwind.example/orders/{{1}}",
                    "https://northwind.example/orders/20418",
                ),
                quick("Adresse ändern"),
            ),
        ],
    },
    {
        "name": "order_confirmed",
        "language": "pt_BR",
        "category": "UTILITY",
        "components": [
            header("Pedido {{1}}", "NW-20418"),
            body(
                "Obrigado, {{1}}! Seu pedido sai do nosso depósito em {{2}}.",
                "João",
                "terça-feira",
            ),
            footer("Northwind Supply"),
            buttons(
                link(
                    "Acompanhar",
                    "https://northwind.example/orders/{{1}}",
                    "https://northwind.example/orders/20418",
                ),
                quick("Mudar endereço"),
            ),
        ],
    },
    {
        "name": "appointment_reminder",
        "language": "en",
        "category": "UTILITY",
        "parameter_format": "NAMED",
        "components": [
            header("See you soon, {{first_name}}", first_name="Maya"),
            body(
                "Hello {{first_name}}, we look forward to seeing you on {{day}} at {{time}}. "
                "Does that still suit you?",
                first_name="Maya",
                day="Thursday",
                time="10:30",
            ),
            buttons(
                quick("Yes, I will come"), quick("Another time"), quick("Cancel it")
            ),
        ],
    },
    {
        "name": "appointment_reminder",
        "language": "de",
        "category": "UTILITY",
        "parameter_format": "NAMED",
        "components": [
            header("Bis bald, {{first_name}}", first_name="Lukas"),
            body(
                "Hallo {{first_name}}, wir sehen uns am {{day}} um {{time}} Uhr. "
                "Passt das noch?",
                first_name="Lukas",
                day="Donnerstag",
                time="10:30",
            ),
            buttons(quick("Ja, ich komme"), quick("Anderer Termin"), quick("Absagen")),
        ],
    },
    {
        "name": "spring_sale",
        "language": "en",
        "category": "MARKETING",
        "components": [
            media_header("IMAGE"),
            body(
                "Spring is here, {{1}}. Everything for the garden is {{2}} off this week.",
                "Amelia",
                "20%",
            ),
            footer("Reply STOP to hear no more offers"),
            buttons(
                {"type": "COPY_CODE", "example": "SPRING20"},
                link("Look around", "https://northwind.example/garden"),
            ),
        ],
    },
    {
        "name": "spring_sale",
        "language": "pt_BR",
        "category": "MARKETING",
        "components": [
            media_header("IMAGE"),
            body(
                "A primavera chegou, {{1}}. Tudo para o jardim com {{2}} de desconto agora.",
                "João",
                "20%",
            ),
            footer("Responda PARAR para não receber ofertas"),
            buttons(
                {"type": "COPY_CODE", "example": "JARDIM20"},
                link("Ver produtos", "https://northwind.example/jardim"),
            ),
        ],
    },
    {
        "name": "new_arrivals_film",
        "language": "en",
        "category": "MARKETING",
        "quality": "YELLOW",
        "components": [
            media_header("VIDEO"),
            body(
                "Half a minute of what came in this week. Which one shall we keep for you?"
            ),
            buttons(quick("The lamp"), quick("The chair"), quick("Not for me")),
        ],
    },
    {
        "name": "invoice_ready",
        "language": "en",
        "category": "UTILITY",
        "components": [
            media_header("DOCUMENT"),
            body(
                "Invoice {{1}} over {{2}} is attached, with our thanks.",
                "3318",
                "€84.50",
            ),
            footer("Northwind Supply, accounts"),
        ],
    },
    {
        "name": "pickup_point",
        "language": "en",
        "category": "UTILITY",
        "components": [
            media_header("LOCATION"),
            body(
                "Your parcel {{1}} waits for you here until {{2}} at closing.",
                "77",
                "Friday",
            ),
            buttons(
                {
                    "type": "PHONE_NUMBER",
                    "text": "Call us",
                    "phone_number": "+442079460821",
                }
            ),
        ],
    },
    {
        "name": "login_code",
        "language": "en",
        "category": "AUTHENTICATION",
        "ttl": 600,
        "components": [
            {
                "type": "BODY",
                "text": "*{{1}}* is your verification code. Do not share it.",
                "add_security_recommendation": True,
                "example": {"body_text": [["481516"]]},
            },
            {
                "type": "FOOTER",
                "text": "Expires in 10 minutes.",
                "code_expiration_minutes": 10,
            },
            buttons(
                link(
                    "Copy code",
                    "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}",
                    "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp481516",
                )
            ),
        ],
    },
    {
        "name": "return_form",
        "language": "en",
        "category": "UTILITY",
        "components": [
            header("Return an item"),
            body(
                "Tell us what you want to send back. It takes one minute, {{1}}, no more.",
                "Noah",
            ),
            buttons(
                {
                    "type": "FLOW",
                    "text": "Start",
                    "flow_id": 660011223344551,
                    "flow_action": "navigate",
                    "navigate_screen": "RETURN",
                }
            ),
        ],
    },
    {
        "name": "how_did_we_do",
        "language": "en",
        "category": "MARKETING",
        "quality": "UNKNOWN",
        "paced": True,
        "components": [
            body("How was our service today? Your answer goes straight to the team."),
            buttons(quick("Good"), quick("So-so"), quick("Poor")),
        ],
    },
    {
        "name": "loyalty_launch",
        "language": "en",
        "category": "MARKETING",
        "status": "PENDING",
        "quality": "UNKNOWN",
        "components": [
            body(
                "Points for every order from today, {{1}}, and a gift at the first hundred.",
                "Ebba",
            ),
        ],
    },
    {
        "name": "win_a_prize",
        "language": "en",
        "category": "MARKETING",
        "status": "REJECTED",
        "quality": "UNKNOWN",
        "rejected_reason": "SCAM",
        "components": [
            body("You have won! Send us your card number to collect the prize.")
        ],
    },
    {
        "name": "flash_sale",
        "language": "en",
        "category": "MARKETING",
        "status": "PAUSED",
        "quality": "RED",
        "pauses": 1,
        "components": [
            body("Only today: {{1}} off everything in the shop. Tell a friend!", "30%"),
            footer("Reply STOP to hear no more offers"),
        ],
    },
    {
        "name": "old_newsletter",
        "language": "de",
        "category": "MARKETING",
        "status": "DISABLED",
        "quality": "RED",
        "pauses": 3,
        "components": [
            body("Neues von Northwind, jede Woche frisch auf den Tisch gebracht.")
        ],
    },
    {
        "name": "delivery_update",
        "language": "en",
        "category": "MARKETING",
        "previous_category": "UTILITY",
        "components": [
            body(
                "Your parcel is with {{1}} and arrives {{2}}. See what else is new meanwhile.",
                "Swift Couriers",
                "today",
            ),
            buttons(
                link(
                    "Follow parcel",
                    "https://northwind.example/parcels/{{1}}",
                    "https://northwind.example/parcels/9",
                ),
                quick("Leave with neighbour"),
            ),
        ],
    },
]
